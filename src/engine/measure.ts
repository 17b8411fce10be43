// Compares reconstructions with targets.

import { sizeOf } from '../core/shape.ts';
import type { SampleBatch } from '../data/sample-batch.ts';
import type { Engine } from './engine.ts';
import { type Chunk, newCall, planPass } from './executor.ts';
import { type LossName, type LossTerm, lossCodes, lossCount } from './losses.ts';
import { outputScale } from './schedule.ts';

export interface Measurement {
  readonly means: ReadonlyMap<LossName, number>;
  /** The loss term of the bottleneck, such as a KL divergence. */
  readonly penalty: number;
  /** Bits per sample, if the bottleneck has learnt the distribution of its codes. */
  readonly rate: number | undefined;
}

/** Where losses are measured: the index of the node in front of which; and what brings rows of targets, where they lie, to the scale there. */
export function lossScale({ kernels, memory, network }: Engine): { end: number; scale(t: number, rows: number): void } {
  const node = outputScale(network);
  if (!node) return { end: network.nodes.length, scale() {} };
  const call = newCall(node, memory);
  const scale = (x: number, rows: number): void =>
    node.definition.forward(kernels, Object.assign(call, { x, y: x, rows }), node.layer);
  return { end: node.at, scale };
}

/**
 * The mean of every named loss over the reconstructions, each sample times its weight, on the scale that `fit`
 * measures it on unless `raw`. A generator:
 * callers may do other things between two chunks.
 */
export function* measure(
  engine: Engine,
  x: SampleBatch,
  targets: SampleBatch,
  names: readonly LossName[],
  weights?: Float64Array,
  raw = false,
): Generator<undefined, Measurement, undefined> {
  const { kernels, network } = engine;
  const size = sizeOf(network.outputShape);
  const { end, scale } = lossScale(engine);
  const sums = new Map(names.map((name) => [name, 0]));
  let penalties = 0;
  let bits: number | undefined;
  const add = ({ output: y, target: t, firstRow, rows, penalty, bits: chunkBits }: Chunk): void => {
    penalties += penalty * rows;
    if (chunkBits !== undefined) bits = (bits ?? 0) + chunkBits;
    if (!raw) scale(t, rows);
    // One call for the chunk, or one for each sample where samples have weights.
    const calls = weights ? rows : 1;
    const n = weights ? size : rows * size;
    for (const name of sums.keys()) {
      for (let r = 0; r < calls; r++) {
        const at = r * n * 4;
        const loss = kernels.lossSum(y + at, t + at, n, lossCodes[name]) * (weights?.[firstRow + r] ?? 1);
        sums.set(name, sums.get(name)! + loss);
      }
    }
  };
  const range = { start: 0, end: raw ? network.nodes.length : end };
  const { rows, run } = planPass(engine, range, x, { targets, measured: true });
  for (let firstRow = 0; firstRow < x.count; firstRow += rows) {
    add(run(firstRow));
    yield;
  }
  const means = new Map([...sums].map(([name, sum]) => [name, sum / lossCount(name, x.count, size)]));
  return { means, penalty: penalties / x.count, rate: bits === undefined ? undefined : bits / x.count };
}

/**
 * The loss as `fit` reports it: the weighted terms, the penalties of the bottleneck and of weights, and the bits of a sample
 * times `rateWeight` / values of a sample.
 */
export function totalLoss(
  engine: Engine,
  terms: readonly LossTerm[],
  { means, penalty, rate = 0 }: Measurement,
  rateWeight: number,
): number {
  const penalties = engine.network.weights.map(({ offset, size, l1, l2 }) =>
    l1 || l2 ? engine.kernels.penalty(engine.memory.parameters + offset, size, l1, l2) : 0,
  );
  const data = terms.map(({ name, weight }) => weight * means.get(name)!);
  const rateLoss = (rateWeight * rate) / sizeOf(engine.network.outputShape);
  return [...data, ...penalties].reduce((sum, value) => sum + value, penalty + rateLoss);
}
