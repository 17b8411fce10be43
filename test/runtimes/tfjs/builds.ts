// Runs in a page that is cross-origin isolated: our kernels and our engine on each of the three WASM builds of tfjs.

import { BackendWasm, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import * as isthmus from 'isthmus';
import { fusedAdam, installKernels, loadWasmBackend, tfjsEngine } from 'isthmus/tfjs';
import { numbers } from '../../suites/assert.ts';
import { withEngine } from '../../tfjs/with-engine.ts';
import { all, type Outcome } from '../inside/run.ts';

setWasmPaths('/wasm/');
setThreadsCount(2);

export type Build = 'threaded' | 'simd' | 'plain';

const factory = tf.findBackendFactory('wasm');
const memory = (): WebAssembly.Memory => {
  const { wasm } = tf.backend() as unknown as {
    wasm: { asm?: { memory?: WebAssembly.Memory }; wasmMemory: WebAssembly.Memory };
  };
  return wasm.asm?.memory ?? wasm.wasmMemory;
};

/** Starts a build of the backend. */
async function start(build: Build): Promise<void> {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', build === 'threaded');
  tf.env().set('WASM_HAS_SIMD_SUPPORT', build !== 'plain');
  if (tf.findBackendFactory('wasm')) tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory);
  if (!(await tf.setBackend('wasm')) || !(tf.backend() instanceof BackendWasm)) throw new Error('no backend');
}

/** Starts the backend from a module that the page has compiled. */
export async function load(): Promise<number[]> {
  if (tf.engine().registry.wasm) tf.removeBackend('wasm');
  const module = await WebAssembly.compileStreaming(fetch('/wasm/tfjs-backend-wasm-simd.wasm'));
  await loadWasmBackend(tf, { module });
  await installKernels(tf, { deterministic: true });
  return train(20);
}

/** Losses of a convolutional model of tfjs that is trained by our optimizer and our kernels. */
async function train(steps: number): Promise<number[]> {
  const model = sequential();
  model.add(layers.conv2d({ inputShape: [12, 12, 1], filters: 8, kernelSize: 3, activation: 'relu' }));
  model.add(layers.maxPooling2d({ poolSize: 2 }));
  model.add(layers.depthwiseConv2d({ kernelSize: 2, activation: 'tanh' }));
  model.add(layers.flatten());
  model.add(layers.dense({ units: 4 }));
  // Fixed seeds give the same weights in every build.
  const weights = model.getWeights().map((w, i) =>
    tf.tensor(
      numbers(w.size, i + 1).map((v) => v / 4),
      w.shape,
    ),
  );
  model.setWeights(weights);
  model.compile({ optimizer: fusedAdam(0.01), loss: 'meanSquaredError' });
  const x = tf.tensor(numbers(16 * 144, 5), [16, 12, 12, 1]);
  const y = tf.tensor(numbers(16 * 4, 7), [16, 4]);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await model.trainOnBatch(x, y)) as number);
  model.dispose();
  tf.dispose([x, y, ...weights]);
  return losses;
}

export interface Findings {
  readonly threaded: boolean;
  readonly shared: boolean;
  readonly added: readonly string[];
  readonly losses: readonly number[];
  /** Pages of memory before and after the allocation of a tensor that makes the memory grow. */
  readonly grown: readonly [number, number];
  readonly after: readonly number[];
}

/** Findings about our kernels on a build, before and after its memory has grown. */
export async function kernels(build: Build): Promise<Findings> {
  await start(build);
  const { threaded, added, uninstall } = await installKernels(tf, { deterministic: true });
  const losses = await train(20);
  const size = (): number => memory().buffer.byteLength;
  const before = size();
  const big = tf.zeros([before / 4]);
  const grown: [number, number] = [before, size()];
  const after = await train(20);
  big.dispose();
  const shared = memory().buffer instanceof SharedArrayBuffer;
  uninstall();
  return { threaded, shared, added, losses, grown, after };
}

/** Runs all suites with models in the memory of a build. */
export async function engine(build: Build): Promise<Outcome[]> {
  await start(build);
  const factory = tfjsEngine(tf);
  return all(
    undefined,
    withEngine(isthmus, () => factory),
  );
}
