// Makes the tables of the plain mode: symbols of the calibration samples are counted, unless a prior has been learnt.

import { wrongValue } from '../../../core/errors.ts';
import { clamp, sumOf } from '../../../core/portable-math.ts';
import { type Steps, scaleProgress } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Samples } from '../../../core/types.ts';
import { firstNonFinite } from '../../../core/validate.ts';
import { SampleBatch, sampleValues } from '../../../data/sample-batch.ts';
import type { Model } from '../../../model/model.ts';
import { evenlySpaced, samplesWithin } from '../../limits.ts';
import { runModel } from '../../model-pass.ts';
import type { CodecOptions } from '../../options.ts';
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

/** Maximum number of values of codes that are counted. */
const MAX_CODES = 2 ** 22;
/** Rounds of quantising with the rounding thresholds of the last tables, and counting. The third changes a file by less than 0.1 %. */
const ROUNDS = 3;

/** Frequencies in proportion to the counts. Each is at least 1, and their sum is `FREQUENCY_TOTAL`. */
export function quantizeFrequencies(counts: ArrayLike<number>): number[] {
  const list = Array.from(counts, (count) => Math.max(count, 1e-9));
  const sum = sumOf(list);
  const frequencies = list.map((count) => Math.max(1, Math.round((count / sum) * FREQUENCY_TOTAL)));
  // What rounding added or removed is corrected where it matters least: at the largest frequency, which loses at most an
  // eighth of its excess over 1 at once.
  for (let rest = FREQUENCY_TOTAL - sumOf(frequencies); rest !== 0; ) {
    const largest = frequencies.indexOf(Math.max(...frequencies));
    const maxDecrease = Math.max(1, Math.ceil((frequencies[largest]! - 1) / 8));
    const change = Math.max(rest, -maxDecrease);
    frequencies[largest] = frequencies[largest]! + change;
    rest -= change;
  }
  return frequencies;
}

/** Values of a channel in steps: integers, rounded down, and the fractions above them. */
interface ChannelValues {
  readonly integers: Int32Array;
  readonly fractions: Float32Array;
}

function channelValues(codes: Float32Array, channel: number, channels: number, step: number): ChannelValues {
  const n = codes.length / channels;
  const integers = new Int32Array(n);
  const fractions = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const value = Math.fround(codes[i * channels + channel]! / step);
    // The largest integer is excluded, because rounding up must stay within the limit.
    const integer = clamp(Math.floor(value) || 0, -MAX_INTEGER, MAX_INTEGER - 1);
    integers[i] = integer;
    fractions[i] = clamp(value - integer, 0, 1) || 0;
  }
  return { integers, fractions };
}

/** The integers that get symbols: all but the outermost, if those are fewer than 1 in 2^15 at either end. */
function symbolRange({
  integers,
  fractions,
}: ChannelValues): Pick<ChannelTable, 'shift' | 'low'> & { symbols: number } {
  const sorted = integers.map((integer, i) => integer + Number(fractions[i]! >= 0.5)).sort();
  const outermost = Math.floor(sorted.length / 2 ** 15);
  const [first, last] = [sorted[outermost]!, sorted[sorted.length - 1 - outermost]!];
  let shift = 0;
  while (shift < MAX_SHIFT && (last >> shift) - (first >> shift) >= MAX_SYMBOLS) shift++;
  const low = first >> shift;
  return { shift, low, symbols: Math.min(MAX_SYMBOLS, (last >> shift) - low + 1) };
}

function channelTable(codes: Float32Array, channel: number, channels: number, step: number): ChannelTable {
  const values = channelValues(codes, channel, channels, step);
  const { integers, fractions } = values;
  const { shift, low, symbols } = symbolRange(values);
  let frequencies: number[] = [];
  for (let round = 0; round < (shift ? 1 : ROUNDS); round++) {
    const thresholds = round ? roundingThresholds({ frequencies }) : undefined;
    const counts = new Float64Array(symbols + 1);
    for (let i = 0; i < integers.length; i++) {
      const integer = integers[i]!;
      const threshold = thresholds ? thresholds[clamp(integer - low + 1, 0, symbols)]! : 0.5;
      const rounded = integer + Number(fractions[i]! >= threshold);
      const symbol = (rounded >> shift) - low;
      counts[symbol >= 0 && symbol < symbols ? symbol : symbols]!++;
    }
    // The number of new values is estimated by the number of values that occur once (Good, 1953).
    counts[symbols]! += counts.filter((count) => count === 1).length;
    frequencies = quantizeFrequencies(counts);
  }
  return { step, shift, low, frequencies };
}

/** Tables for codes, samples × size of a code, quantised with steps near `step`. */
export function* countTables(model: Model, codes: Float32Array<ArrayBuffer>, step: number): Steps<ChannelTable[]> {
  const { channels } = codeLayout(model);
  const steps = yield* scaleProgress(stepPerChannel(model, codes, step), 0, 0.5);
  const tables: ChannelTable[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const ownStep = steps[channel]!;
    tables.push(channelTable(codes, channel, channels, isStep(ownStep) ? ownStep : step));
    yield 0.5 + (channel + 1) / channels / 2;
  }
  return tables;
}

/** Codes of the samples, or of evenly spaced ones if they are too many. */
function* codesOf(model: Model, samples: Samples): Steps<Float32Array<ArrayBuffer>> {
  const batch = new SampleBatch('calibrationSamples', samples, model.inputShape);
  const size = sizeOf(model.latentShape);
  const indices = evenlySpaced(batch.count, samplesWithin(MAX_CODES, size));
  if (indices.length === batch.count) return yield* runModel(model, 'encode', sampleValues(batch, 0, batch.count));
  const codes = new Float32Array(indices.length * size);
  for (const [i, index] of indices.entries()) {
    codes.set(model.encode(sampleValues(batch, index, 1)), i * size);
    if (i % 64 === 63) yield i / indices.length;
  }
  return codes;
}

/** Errors: RangeError for a step outside of 2^-96..2^96, and for samples whose codes are not finite. */
export function* calibrateQuantized(
  model: Model,
  samples: Samples,
  { step = trainedStep(model) }: CodecOptions,
): Steps<Uint8Array> {
  const roundedStep = Math.fround(step);
  if (!isStep(roundedStep)) throw wrongValue('step', 'a number within 2^-96..2^96', step);
  const prior = tablesForStep(model, roundedStep);
  if (prior) return writeTables(prior);
  const codes = yield* scaleProgress(codesOf(model, samples), 0, 0.5);
  if (firstNonFinite(codes) >= 0) throw wrongValue('calibrationSamples', 'samples whose codes are finite', samples);
  return writeTables(yield* scaleProgress(countTables(model, codes, roundedStep), 0.5, 1));
}

/** The step that the `quantized` code of a model was trained with; 0 for other models. */
export function trainedStep(model: Model): number {
  const latent = model.spec.latent as { type: string; step?: number } | undefined;
  return latent?.type === 'quantized' ? (latent.step ?? 1) : 0;
}
