// Tables of a code's channels, counted on samples.

import { wrongValue } from '../../../core/errors.ts';
import { type Steps, scaleProgress } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Samples } from '../../../core/types.ts';
import { firstNonFinite } from '../../../core/validate.ts';
import { SampleBatch, sampleValues } from '../../../data/sample-batch.ts';
import type { Model } from '../../../model/model.ts';
import { runModel } from '../../model-pass.ts';
import type { CodecOptions } from '../../options.ts';
import { clamp, evenlySpaced, samplesWithin } from '../../values.ts';
import { tablesForStep } from './prior.ts';
import { stepPerChannel } from './quantization-steps.ts';
import { roundingThresholds } from './rounding-threshold.ts';
import {
  type ChannelTable,
  codeLayout,
  FREQUENCY_TOTAL,
  isStep,
  MAX_INTEGER,
  MAX_SHIFT,
  MAX_SYMBOLS,
  writeTables,
} from './tables.ts';

/** Values of samples and of codes that calibration looks at, at most. */
const MAX_CODES = 2 ** 22;
/** Rounds of: quantise by the tables, count, new tables. The third changes the size of a file by less than 0.1 %. */
const ROUNDS = 3;

/** Shares of 2^14 by counts; what was never seen has at least 1. */
export function quantizeFrequencies(counts: ArrayLike<number>): number[] {
  const list = Array.from(counts, (count) => Math.max(count, 1e-9));
  const sum = list.reduce((total, count) => total + count, 0);
  const frequencies = list.map((count) => Math.max(1, Math.round((count / sum) * FREQUENCY_TOTAL)));
  // What rounding has added or taken is made up for where it changes least: at the largest.
  for (let rest = FREQUENCY_TOTAL - frequencies.reduce((total, f) => total + f, 0); rest !== 0; ) {
    const largest = frequencies.indexOf(Math.max(...frequencies));
    const change = rest > 0 ? rest : Math.max(rest, Math.min(-1, (1 - frequencies[largest]!) >> 3));
    frequencies[largest] = frequencies[largest]! + change;
    rest -= change;
  }
  return frequencies;
}

/** Of channel c of z. */
function channelTable(z: Float32Array, c: number, channels: number, step: number): ChannelTable {
  const n = z.length / channels;
  // Values in steps, whole part and rest.
  const whole = new Int32Array(n);
  const part = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const u = Math.fround(z[i * channels + c]! / step);
    // A symbol may stand for the next integer, which has to be within the limit too.
    const k = clamp(Math.floor(u) || 0, -MAX_INTEGER, MAX_INTEGER - 1);
    whole[i] = k;
    part[i] = clamp(u - k, 0, 1) || 0;
  }
  // Symbols stand for all integers but the outermost, if those are fewer than 1 in 2^15 on either side.
  const sorted = whole.map((k, i) => k + +(part[i]! >= 0.5)).sort();
  const outside = Math.floor(n / 2 ** 15);
  const [first, last] = [sorted[outside]!, sorted[n - 1 - outside]!];
  let shift = 0;
  while (shift < MAX_SHIFT && (last >> shift) - (first >> shift) >= MAX_SYMBOLS) shift++;
  const low = first >> shift;
  const count = Math.min(MAX_SYMBOLS, (last >> shift) - low + 1);
  let frequencies: number[] = [];
  for (let round = 0; round < (shift ? 1 : ROUNDS); round++) {
    const limits = round ? roundingThresholds({ frequencies }) : undefined;
    const counts = new Float64Array(count + 1);
    for (let i = 0; i < n; i++) {
      const k = whole[i]!;
      const limit = limits ? limits[clamp(k - low + 1, 0, count)]! : 0.5;
      const s = ((k + +(part[i]! >= limit)) >> shift) - low;
      counts[s >= 0 && s < count ? s : count]!++;
    }
    // As many new values are to be expected as there are values that were seen once (Good, 1953).
    counts[count]! += counts.filter((times) => times === 1).length;
    frequencies = quantizeFrequencies(counts);
  }
  return { step, shift, low, frequencies };
}

/** Tables for the model's code z, n × latent, quantised with steps about `step`. */
export function* countTables(model: Model, z: Float32Array<ArrayBuffer>, step: number): Steps<ChannelTable[]> {
  const { channels } = codeLayout(model);
  const steps = yield* scaleProgress(stepPerChannel(model, z, step), 0, 0.5);
  const tables: ChannelTable[] = [];
  for (let c = 0; c < channels; c++) {
    tables.push(channelTable(z, c, channels, isStep(steps[c]!) ? steps[c]! : step));
    yield 0.5 + (c + 1) / channels / 2;
  }
  return tables;
}

/** Codes of the samples, of some evenly among them where they are many. */
function* codesOf(model: Model, samples: Samples): Steps<Float32Array<ArrayBuffer>> {
  const x = new SampleBatch('calibrationSamples', samples, model.inputShape);
  const size = sizeOf(model.latentShape);
  const rows = evenlySpaced(x.count, samplesWithin(MAX_CODES, size));
  if (rows.length === x.count) return yield* runModel(model, 'encode', sampleValues(x, 0, x.count));
  const z = new Float32Array(rows.length * size);
  for (const [r, row] of rows.entries()) {
    z.set(model.encode(sampleValues(x, row, 1)), r * size);
    if (r % 64 === 63) yield r / rows.length;
  }
  return z;
}

/** Tables for samples like these. Errors: RangeError for a step beyond what floats can say. */
export function* calibrateQuantized(
  model: Model,
  samples: Samples,
  { step = trainedStep(model) }: CodecOptions,
): Steps<Uint8Array> {
  const own = Math.fround(step);
  if (!isStep(own)) throw wrongValue('step', 'a number within 2^-96..2^96', step);
  const prior = tablesForStep(model, own);
  if (prior) return writeTables(prior);
  const z = yield* scaleProgress(codesOf(model, samples), 0, 0.5);
  if (firstNonFinite(z) >= 0) throw wrongValue('calibrationSamples', 'samples whose codes are finite', samples);
  return writeTables(yield* scaleProgress(countTables(model, z, own), 0.5, 1));
}

/** The step that a `quantized` code was trained with. */
export function trainedStep(model: Model): number {
  const latent = model.spec.latent as { type: string; step?: number } | undefined;
  return latent?.type === 'quantized' ? (latent.step ?? 1) : 0;
}
