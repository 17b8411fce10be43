// A training step on the WASM backend of TensorFlow.js with and without installKernels and fusedAdam, on one thread. The
// variants take turns; the model trains with trainOnBatch of tfjs.

import * as tf from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';
import { fusedAdam, installKernels } from 'isthmus/tfjs';
import { build, setBackend } from './competitors/tfjs.ts';
import { median } from './statistics.ts';
import { pixels, type Workload, workloads } from './workloads.ts';

export interface TfjsFigures {
  /** Milliseconds of a step. */
  readonly dense: { readonly plain: number; readonly installed: number; readonly fused: number };
  readonly conv: { readonly cpu: number; readonly installed: number; readonly fused: number };
}

/** Milliseconds a step, `steps` in a row. */
async function run(model: layers.LayersModel, x: tf.Tensor, steps: number): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < steps; i++) await model.trainOnBatch(x, x);
  return (performance.now() - begin) / steps;
}

const dense = workloads.find((work) => work.name === 'dense-step')!;
const conv = workloads.find((work) => work.name === 'conv-step')!;
const batch = (work: Workload): tf.Tensor =>
  tf.tensor(pixels(work.rows), work.net === 'conv' ? [work.rows, 28, 28, 1] : [work.rows, 784]);

export async function tfjsFigures(rounds: number): Promise<TfjsFigures> {
  await setBackend('wasm');
  const x = { dense: batch(dense), conv: batch(conv) };
  const plainAdam = (): tf.Optimizer => tf.train.adam(0.001);
  const plain = build(dense, plainAdam());
  await run(plain, x.dense, 20);
  await installKernels(tf);
  const models = {
    dense: { installed: build(dense, plainAdam()), fused: build(dense, fusedAdam(0.001)) },
    conv: { installed: build(conv, plainAdam()), fused: build(conv, fusedAdam(0.001)) },
  };
  const times: Record<string, number[]> = {};
  const add = (name: string, milliseconds: number): void => {
    times[name] ??= [];
    times[name].push(milliseconds);
  };
  for (let round = 0; round <= rounds; round++) {
    (await installKernels(tf)).uninstall();
    add('dense plain', await run(plain, x.dense, 12));
    await installKernels(tf);
    for (const net of ['dense', 'conv'] as const)
      for (const kind of ['installed', 'fused'] as const)
        add(`${net} ${kind}`, await run(models[net][kind], x[net], net === 'dense' ? 25 : 8));
  }
  // The first round warms up.
  const of = (name: string): number => median(times[name]!.slice(1));
  await setBackend('cpu');
  const onCpu = build(conv, plainAdam());
  const slow = batch(conv);
  await run(onCpu, slow, 1);
  const cpu = median([await run(onCpu, slow, 1), await run(onCpu, slow, 1), await run(onCpu, slow, 1)]);
  return {
    dense: { plain: of('dense plain'), installed: of('dense installed'), fused: of('dense fused') },
    conv: { cpu, installed: of('conv installed'), fused: of('conv fused') },
  };
}
