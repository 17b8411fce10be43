// Writes samples as records of a container. Compares the values that a decoder gets with the samples before it returns a block.

import { type Steps, scaleProgress } from '../core/progress.ts';
import { checkBuffer } from '../data/sample-batch.ts';
import type { InputValues } from './byte-values.ts';
import type { CodecState } from './codec-state.ts';
import { writeBlockHeader } from './container/block.ts';
import { writeEnd } from './container/end.ts';
import { writeHeader } from './container/header.ts';
import { firstBound, fixedBound, maxSquaredError, nextBound, safeBound, valueRange } from './guarantee.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** The errors of decompressed values; NaN where they were not measured. */
interface Errors {
  readonly maxError: number;
  /** Sum of squared errors. */
  readonly squaredError: number;
}

interface EncodedBlock extends Errors {
  readonly payload: Uint8Array;
  readonly samples: number;
  readonly bound: number;
}

/** How often bounds are tried for a PSNR. After that a bound is taken that keeps it for any values. */
const MAX_TRIES = 4;

/**
 * Errors of y as compared with x, in float64. Values with the same bits, such as NaN, have no error. `bounds`: one for all
 * values, or one for each channel. Errors: Error where a value exceeds its bound, which is a fault of the coder.
 */
function measureErrors(x: InputValues, y: InputValues, bounds: readonly number[]): Errors {
  let maxError = 0;
  let squaredError = 0;
  for (let i = 0, channel = 0; i < x.length; i++, channel++) {
    if (channel === bounds.length) channel = 0;
    const bound = bounds[channel]!;
    const error = Math.abs(x[i]! - y[i]!);
    if (error <= bound) {
      if (error > maxError) maxError = error;
      squaredError += error * error;
    } else if (!Object.is(x[i], y[i])) throw new Error(`a block broke its bound ${bound}: ${x[i]} became ${y[i]}`);
  }
  return { maxError, squaredError };
}

/** Samples of one block, and their number. It is counted first, because buffers may be transferred between two steps. */
interface InputBlock {
  readonly values: InputValues;
  readonly samples: number;
}

/** Encodes a block and measures the errors of the values that a decoder gets. */
function* encodeAndVerify(
  { coder, sampleSize, bounds }: CodecState,
  { values: input, samples }: InputBlock,
  bound: number,
): Steps<EncodedBlock> {
  // The caller may change the samples between two steps, so a copy is encoded and verified.
  checkBuffer('x', input, samples * sampleSize);
  const values = input.slice();
  const { payload, decoded } = yield* coder.encode(values, samples, bound);
  const block = { payload, samples, bound };
  if (!decoded) return { ...block, maxError: Number.NaN, squaredError: Number.NaN };
  return { ...block, ...measureErrors(values, decoded, bounds ?? [bound]) };
}

/** Encodes blocks with one bound. */
function* encodeBlocks(state: CodecState, input: readonly InputBlock[], bound: number): Steps<EncodedBlock[]> {
  const blocks: EncodedBlock[] = [];
  const n = input.length;
  for (const [i, block] of input.entries()) {
    blocks.push(yield* scaleProgress(encodeAndVerify(state, block, bound), i / n, (i + 1) / n));
    yield (i + 1) / n;
  }
  return blocks;
}

/** Encodes blocks such that their PSNR together is at least `state.target`. `range`: of their values. */
function* encodeToPsnr(state: CodecState, input: readonly InputBlock[], range: number): Steps<EncodedBlock[]> {
  const { target, pixels, sampleSize } = state;
  const maxError = maxSquaredError(range, target);
  const values = sampleSize * input.reduce((sum, { samples }) => sum + samples, 0);
  let best: EncodedBlock[] | undefined;
  let bound: number | undefined = firstBound(maxError, pixels);
  for (let tries = 0; bound !== undefined; ) {
    // The number of tries is not known in advance, so each try takes half of the progress that is left.
    const done = 1 - 0.5 ** tries++;
    const blocks: EncodedBlock[] = yield* scaleProgress(encodeBlocks(state, input, bound), done, (1 + done) / 2);
    const error = blocks.reduce((sum, { squaredError }) => sum + squaredError, 0) / values;
    if (error <= maxError || tries > MAX_TRIES) best = blocks;
    bound = nextBound(bound, error, maxError, pixels);
    if (tries >= MAX_TRIES) bound = best ? undefined : safeBound(maxError);
  }
  return best!;
}

/** Writes a container: `write` any number of times, then `end`. Each call returns the records that follow. */
export function blockWriter(state: CodecState) {
  const { guarantee, sampleSize, checksum } = state;
  let headerWritten = false;
  let blocks = 0;
  let samples = 0;
  let maxError = 0;
  let squaredError = 0;

  /** The header, at the first call. `write` and `end` include it if it has not been written. */
  function header(): Bytes[] {
    if (headerWritten) return [];
    headerWritten = true;
    return [writeHeader(state, checksum)];
  }

  /** One block for each array of samples. A relative error or a PSNR refers to the range of all of them. */
  function* write(lists: readonly InputValues[]): Steps<Bytes[]> {
    const input = lists.map((values) => ({ values, samples: values.length / sampleSize }));
    const encoded =
      guarantee === 'psnr'
        ? yield* encodeToPsnr(state, input, valueRange(lists))
        : yield* encodeBlocks(state, input, fixedBound(state, lists));
    const records = header();
    for (const { payload, ...block } of encoded) {
      const fields = { ...block, first: samples, payloadBytes: payload.length, payloadCrc: checksum(payload) };
      records.push(writeBlockHeader(fields, checksum), payload as Bytes);
      blocks++;
      samples += block.samples;
      maxError = Math.max(maxError, block.maxError);
      squaredError += block.squaredError;
    }
    return records;
  }

  /** The record after the last block. */
  function end(): Bytes[] {
    const meanSquaredError = samples ? squaredError / (samples * sampleSize) : 0;
    return [...header(), writeEnd({ blocks, samples, maxError, meanSquaredError }, checksum)];
  }

  return { header, write, end };
}
