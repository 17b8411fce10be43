// What a variational bottleneck says of samples: means and logarithms of variances; and codes drawn from them.

import { sizeOf } from '../core/shape.ts';
import type { SampleBatch } from '../data/sample-batch.ts';
import { type Engine, seedWords } from '../engine/engine.ts';
import { forEachChunk } from '../engine/executor.ts';

/** Streams of the random generator that draw codes; training uses others. */
export const drawStreams = { sample: 0x50000000, mixture: 0x51000000, bound: 0x52000000, pick: 0x53000000 };

export interface LatentDistribution {
  /** [count][units] */
  readonly mean: Float32Array<ArrayBuffer>;
  readonly logVariance: Float32Array<ArrayBuffer>;
}

/** Calls `each` with the addresses of means and logarithms of variances, and of room behind them, chunk by chunk. */
function forEachEncoded(
  engine: Engine,
  x: SampleBatch,
  units: number,
  each: (mean: number, logVariance: number, room: number, start: number, rows: number) => void,
): void {
  const part = { start: 0, end: engine.network.encoderNodes };
  const take: Parameters<typeof forEachChunk>[3] = (y, start, rows, _, __, ___, saved) => {
    // The bottleneck keeps means, then logarithms of variances.
    const logVariance = saved + rows * units * 4;
    each(y, logVariance, logVariance + rows * units * 4, start, rows);
  };
  forEachChunk(engine, part, x, take, x, true);
}

/** Means and variances of the codes of all samples. */
export function latentDistribution(engine: Engine, x: SampleBatch): LatentDistribution {
  const units = sizeOf(engine.network.latentShape);
  const mean = new Float32Array(x.count * units);
  const logVariance = mean.slice();
  forEachEncoded(engine, x, units, (means, logVariances, _, start, rows) => {
    const { floats } = engine.memory;
    mean.set(floats.subarray(means / 4, means / 4 + rows * units), start * units);
    logVariance.set(floats.subarray(logVariances / 4, logVariances / 4 + rows * units), start * units);
  });
  return { mean, logVariance };
}

/** KL divergence of each sample's code from the prior, in nats. */
export function klDivergences(engine: Engine, x: SampleBatch): Float64Array<ArrayBuffer> {
  const units = sizeOf(engine.network.latentShape);
  const result = new Float64Array(x.count);
  forEachEncoded(engine, x, units, (mean, logVariance, room, start, rows) => {
    for (let r = 0; r < rows; r++) {
      const at = r * units * 4;
      result[start + r] = engine.kernels.gaussianKl(room, mean + at, logVariance + at, 1, units, 0);
    }
  });
  return result;
}

/** Codes drawn from distributions, the same ones for a step and a stream of a seed on every runtime. */
export function drawCodes(
  engine: Engine,
  d: LatentDistribution,
  step: number,
  stream: number,
  seed: number,
): Float32Array<ArrayBuffer> {
  const { memory, kernels } = engine;
  const n = d.mean.length;
  const chunk = Math.min(n, 2 ** 16);
  const bytes = chunk * 4;
  const blocks = engine.allocatePerCall({ mean: bytes, logVariance: bytes, y: bytes, scratch: 64 }, 'codes');
  const { mean, logVariance, y, scratch } = blocks;
  const codes = new Float32Array(n);
  for (let from = 0, part = 0; from < n; from += chunk, part++) {
    const size = Math.min(chunk, n - from);
    memory.write(mean, d.mean.subarray(from, from + size));
    memory.write(logVariance, d.logVariance.subarray(from, from + size));
    // A part of its own in the stream, whatever the number of values.
    kernels.reparameterize(y, mean, logVariance, size, scratch, step, stream + part, ...seedWords(seed));
    codes.set(memory.floats.subarray(y / 4, y / 4 + size), from);
  }
  return codes;
}
