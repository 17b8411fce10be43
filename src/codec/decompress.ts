// Compressed bytes to samples: all at once, or as a stream.

import { FormatError, formatError } from '../core/errors.ts';
import type { Steps } from '../core/progress.ts';
import { tooLarge } from '../files/read-source.ts';
import type { InputValues, OutputValues } from './byte-values.ts';
import type { CodecState } from './codec-state.ts';
import { type Block, type BlockOrDamage, containerParser, type Damage } from './container/parser.ts';
import { maxBlockSamples } from './limits.ts';
import { corruptBlock } from './mode.ts';
import { streamPair, type Through } from './streams.ts';

/** Options of `decompress`, `decompressAsync` and `decompressionStream`. */
export interface UnpackOptions {
  /**
   * Called for each damaged part of the data, whose samples are then NaN (0 in bytes) in the result. Without it damage is
   * an error.
   */
  readonly onDamage?: (damage: Damage) => void;
  /**
   * Bytes that all decompressed values together may take, lost ones included: 4 a float, 1 a byte. `Infinity` for any
   * number. Larger results fail with FormatError `limit` before their memory is allocated. Of a stream, the values and bytes
   * so far count. Default: 1,024 times the compressed bytes, about the largest ratio of DEFLATE (1,032), but at least 2^27,
   * 128 MB; where codes are larger than samples, codes count. Endless repetitions of one value reach a ratio of 21,000 (59,000 with
   * the largest `samplesPerBlock`), so `compress` may write data that need a larger `maxBytes`, which the error states.
   */
  readonly maxBytes?: number;
}

/** Defaults of `maxBytes`: bytes that are always allowed, and bytes for each compressed byte. */
const MIN_BYTES_LIMIT = 2 ** 27;
const MAX_RATIO = 1024;

/** Errors: FormatError `limit` for more samples than `maxBytes` allows. `bytes`: length of the compressed data. */
export function checkOutputSize(
  { pixels, sampleSize, maxWidth }: CodecState,
  samples: number,
  bytes: number,
  maxBytes?: number,
): void {
  const limit = maxBytes ?? Math.max(MIN_BYTES_LIMIT, MAX_RATIO * bytes);
  // A code that is larger than its sample takes more memory while it is decoded.
  const countsCodes = maxBytes === undefined && maxWidth > sampleSize;
  const size = samples * (countsCodes ? 4 * maxWidth : (pixels ? 1 : 4) * sampleSize);
  if (size > limit) throw tooLarge('bytes', size, limit);
}

/**
 * An array for samples. Errors: FormatError `limit` where there is not enough memory. A block of some 50 bytes may hold
 * very many constant samples.
 */
export function allocateValues({ pixels, sampleSize }: CodecState, samples: number): OutputValues {
  const count = samples * sampleSize;
  try {
    return pixels ? new Uint8Array(count) : new Float32Array(count);
  } catch {
    throw formatError('limit', 'bytes', 'no more values than there is memory for', count);
  }
}

/** Decodes a block. Errors: FormatError for any payload that no encoder wrote, and where the model needs too much memory. */
export function* decodeBlock({ coder }: CodecState, { samples, payload, bound }: Block): Steps<OutputValues> {
  if (!(bound >= 0 && bound < Infinity)) throw corruptBlock();
  try {
    return yield* coder.decode(payload, samples, bound);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FormatError('limit', error.message);
  }
}

/**
 * Yields progress, 0..1, and values: those of a block, or placeholders for lost samples, in arrays of at most as many as a
 * block holds. Errors: FormatError for damage, unless there is `onDamage`.
 */
function* decodeItem(
  state: CodecState,
  item: BlockOrDamage,
  onDamage: UnpackOptions['onDamage'],
): Generator<number | OutputValues, void, undefined> {
  let { error } = item as Partial<Damage>;
  const { first, samples } = item;
  try {
    if (!error) {
      yield yield* decodeBlock(state, item as Block);
      return;
    }
  } catch (thrown) {
    if (!(thrown instanceof FormatError && onDamage)) throw thrown;
    error = thrown;
  }
  onDamage!({ first, samples, error });
  const max = maxBlockSamples(state.maxWidth);
  for (let left = samples; left > 0; left -= max)
    yield allocateValues(state, Math.min(left, max)).fill(state.pixels ? 0 : Number.NaN);
}

/** All samples. The result is allocated after all blocks have been found, so a forged length allocates nothing. */
export function* decompressAll(
  state: CodecState,
  bytes: Uint8Array,
  { onDamage, maxBytes }: UnpackOptions,
): Steps<OutputValues> {
  const parser = containerParser(state, { recover: onDamage !== undefined });
  const items = [...parser.push(bytes)];
  parser.finish();
  const samples = items.reduce((sum, item) => sum + item.samples, 0);
  checkOutputSize(state, samples, bytes.length, maxBytes);
  const out = allocateValues(state, samples);
  let end = 0;
  for (const item of items) {
    const start = end / out.length;
    const share = (item.samples * state.sampleSize) / out.length;
    for (const step of decodeItem(state, item, onDamage)) {
      if (typeof step === 'number') yield start + share * step;
      else {
        out.set(step, end);
        end += step.length;
        yield end / out.length;
      }
    }
  }
  return out;
}

/** A stream from compressed bytes to the values of one block after the other. `copyBytes` checks and copies a chunk. */
export function decompressionStream<Chunk>(
  state: CodecState,
  { onDamage, maxBytes }: UnpackOptions,
  copyBytes: (chunk: Chunk) => Uint8Array,
): Through {
  const parser = containerParser(state, { recover: onDamage !== undefined });
  let bytes = 0;
  let samples = 0;
  function* decodeChunk(chunk: Uint8Array): Generator<number | OutputValues, void, undefined> {
    bytes += chunk.length;
    for (const item of parser.push(chunk)) {
      samples += item.samples;
      checkOutputSize(state, samples, bytes, maxBytes);
      yield* decodeItem(state, item, onDamage);
    }
  }
  return streamPair<Chunk, InputValues>(
    (chunk) => decodeChunk(copyBytes(chunk)),
    () => {
      parser.finish();
      return [];
    },
  );
}
