// Compares reconstructions with targets.

import { sizeOf } from '../core/shape.ts';
import type { SampleBatch } from '../data/sample-batch.ts';
import type { Engine } from './engine.ts';
import { type Chunk, newCall, type Pass, planPass } from './executor.ts';
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

/** The samples to measure losses on, and the losses. */
export interface MeasureOptions {
  readonly x: SampleBatch;
  readonly targets: SampleBatch;
  readonly names: readonly LossName[];
  /** A factor for the losses of each sample. Default 1. */
  readonly weights?: Float64Array | undefined;
  /** Measures the output of the last node. Default: losses are measured on the scale on which `fit` measures them. */
  readonly raw?: boolean;
}

/** The losses of a chunk by name: one number, or one for each sample where samples have weights. */
export interface ChunkLosses {
  readonly losses: ReadonlyMap<LossName, readonly number[]>;
  readonly chunk: Chunk;
}

/** A pass, the losses of its chunks, and their sums. */
export interface LossSums {
  readonly pass: Pass;
  /** Computes the losses of a chunk in the memory. */
  measure(chunk: Chunk): ChunkLosses;
  /** Adds the losses of a chunk to the sums. Sums are rounded: the chunks must come in their order. */
  add(losses: ChunkLosses): void;
  /** The means after all chunks. */
  result(): Measurement;
}

/** Plans a pass and sums of each named loss over its chunks, each sample times its weight. */
export function lossSums(engine: Engine, { x, targets, names, weights, raw = false }: MeasureOptions): LossSums {
  const { kernels, network } = engine;
  const size = sizeOf(network.outputShape);
  const { end, scale } = lossScale(engine);
  const sums = new Map(names.map((name) => [name, 0]));
  let penalties = 0;
  let bits: number | undefined;
  const measureChunk = (chunk: Chunk): ChunkLosses => {
    const { output: y, target: t, firstRow, rows } = chunk;
    if (!raw) scale(t, rows);
    // One call for the chunk, or one for each sample where samples have weights.
    const n = weights ? size : rows * size;
    const lossesOf = (name: LossName): number[] =>
      Array.from({ length: weights ? rows : 1 }, (_, r) => {
        const at = r * n * 4;
        return kernels.lossSum(y + at, t + at, n, lossCodes[name]) * (weights?.[firstRow + r] ?? 1);
      });
    return { losses: new Map([...sums.keys()].map((name) => [name, lossesOf(name)])), chunk };
  };
  const add = ({ losses, chunk }: ChunkLosses): void => {
    penalties += chunk.penalty * chunk.rows;
    if (chunk.bits !== undefined) bits = (bits ?? 0) + chunk.bits;
    for (const [name, values] of losses) for (const loss of values) sums.set(name, sums.get(name)! + loss);
  };
  const result = (): Measurement => {
    const means = new Map([...sums].map(([name, sum]) => [name, sum / lossCount(name, x.count, size)]));
    return { means, penalty: penalties / x.count, rate: bits === undefined ? undefined : bits / x.count };
  };
  const range = { start: 0, end: raw ? network.nodes.length : end };
  return { pass: planPass(engine, range, x, { targets, measured: true }), measure: measureChunk, add, result };
}

/** The mean of each named loss over the reconstructions. A generator: callers may run other work between two chunks. */
export function* measure(engine: Engine, options: MeasureOptions): Generator<undefined, Measurement, undefined> {
  const sums = lossSums(engine, options);
  const { pass } = sums;
  for (let firstRow = 0; firstRow < options.x.count; firstRow += pass.rows) {
    sums.add(sums.measure(pass.run(firstRow)));
    yield;
  }
  return sums.result();
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
