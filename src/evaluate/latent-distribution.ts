// The normal distribution of a code that a variational bottleneck gives for each sample, and codes drawn from it.

import { runToEnd, type Steps } from '../core/progress.ts';
import { sizeOf } from '../core/shape.ts';
import type { SampleBatch } from '../data/sample-batch.ts';
import { type Engine, seedWords } from '../engine/engine.ts';
import { planPass } from '../engine/executor.ts';

/** Values of a part of a stream: `drawCodes` draws so many at once. */
const PART_VALUES = 2 ** 16;

/** `[count, units]` each. */
export interface LatentDistribution {
  readonly mean: Float32Array<ArrayBuffer>;
  readonly logVariance: Float32Array<ArrayBuffer>;
}

/** A chunk of encoded samples. The addresses are valid until the next chunk. */
interface EncodedChunk {
  /** Addresses of `[rows, units]` floats. */
  readonly mean: number;
  readonly logVariance: number;
  /** Address of `units` floats that may be overwritten. */
  readonly workspace: number;
  /** Index of the first sample, and number of samples. */
  readonly start: number;
  readonly rows: number;
}

/** Encodes the samples chunk by chunk, in steps. */
function* forEachEncoded(
  engine: Engine,
  x: SampleBatch,
  units: number,
  each: (chunk: EncodedChunk) => void,
): Steps<void> {
  const encoder = { start: 0, end: engine.network.encoderNodes };
  const pass = planPass(engine, encoder, x, { measured: true });
  for (let start = 0; start < x.count; start += pass.rows) {
    const { output, rows, saved } = pass.run(start);
    // The bottleneck saves the means and the log-variances of all rows, and `units` floats for its penalty.
    const bytes = rows * units * 4;
    each({ mean: output, logVariance: saved + bytes, workspace: saved + 2 * bytes, start, rows });
    yield 0;
  }
}

/** The distributions of the codes of all samples, in steps. */
export function* latentDistribution(engine: Engine, x: SampleBatch): Steps<LatentDistribution> {
  const units = sizeOf(engine.network.latentShape);
  const mean = new Float32Array(x.count * units);
  const logVariance = mean.slice();
  yield* forEachEncoded(engine, x, units, (chunk) => {
    const values = chunk.rows * units;
    mean.set(engine.memory.view(chunk.mean, values), chunk.start * units);
    logVariance.set(engine.memory.view(chunk.logVariance, values), chunk.start * units);
  });
  return { mean, logVariance };
}

/** The KL divergence of each sample's code distribution from N(0, I), in nats. */
export function klDivergences(engine: Engine, x: SampleBatch): Float64Array<ArrayBuffer> {
  const units = sizeOf(engine.network.latentShape);
  const divergences = new Float64Array(x.count);
  const each = ({ mean, logVariance, workspace, start, rows }: EncodedChunk): void => {
    for (let r = 0; r < rows; r++) {
      const offset = r * units * 4;
      divergences[start + r] = engine.kernels.gaussianKl(workspace, mean + offset, logVariance + offset, 1, units, 0);
    }
  };
  runToEnd(forEachEncoded(engine, x, units, each));
  return divergences;
}

/** One code drawn from each distribution. It depends on seed, stream and step alone, and is the same on every runtime. */
export function drawCodes(
  engine: Engine,
  distribution: LatentDistribution,
  step: number,
  stream: number,
  seed: number,
): Float32Array<ArrayBuffer> {
  const { memory, kernels } = engine;
  const count = distribution.mean.length;
  const partSize = Math.min(count, PART_VALUES);
  const bytes = partSize * 4;
  const blocks = engine.allocatePerCall({ mean: bytes, logVariance: bytes, y: bytes, scratch: 64 }, 'codes');
  const { mean, logVariance, y, scratch } = blocks;
  const codes = new Float32Array(count);
  for (let from = 0, part = 0; from < count; from += partSize, part++) {
    const size = Math.min(partSize, count - from);
    memory.write(mean, distribution.mean.subarray(from, from + size));
    memory.write(logVariance, distribution.logVariance.subarray(from, from + size));
    // Each part uses a separate random stream.
    kernels.reparameterize(y, mean, logVariance, size, 0, scratch, step, stream + part, ...seedWords(seed));
    codes.set(memory.view(y, size), from);
  }
  return codes;
}
