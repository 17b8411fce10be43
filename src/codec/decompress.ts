// Blocks to values, into one array or one after the other.

import { FormatError, formatError } from '../core/errors.ts';
import type { Steps } from '../core/progress.ts';
import { tooLarge } from '../files/read-source.ts';
import type { CodecState } from './codec-state.ts';
import { type Block, type BlockOrDamage, type Damage, maxSamples, recordParser } from './container/parser.ts';
import { type CodecValues, corruptBlock } from './values.ts';

export interface UnpackOptions {
  /**
   * Called with each part of the data that is lost, which is then NaN (0 in bytes) in what comes out, instead of an
   * error.
   */
  readonly onDamage?: (damage: Damage) => void;
  /**
   * Bytes that all values together may take, lost ones too: 4 each, or 1 where they are bytes. `Infinity`: any number. What
   * would take more fails with FormatError `limit` before memory is taken. Of a stream, values so far and bytes so far count.
   * Default: 1,024 times the compressed bytes, about as much as DEFLATE can reach (1,032), but at least 2^27, 128 MB; codes
   * count where they are larger than samples. One value repeated for ever reaches 21,000 times (59,000 with the most
   * `samplesPerBlock`): `compress` may write of it what needs a larger number here, which the error names.
   */
  readonly maxBytes?: number;
}

/** Bytes of values that are always allowed, and for each compressed byte. */
const MIN_BYTES_LIMIT = 2 ** 27;
const MAX_RATIO = 1024;

/** Errors: FormatError `limit` where so many samples out of so many bytes take more than is allowed. */
export function checkOutputSize(
  { pixels, sampleSize, maxWidth }: CodecState,
  samples: number,
  bytes: number,
  maxBytes?: number,
): void {
  const most = maxBytes ?? Math.max(MIN_BYTES_LIMIT, MAX_RATIO * bytes);
  // Codes that are larger than samples take more memory on the way.
  const each = maxBytes === undefined && maxWidth > sampleSize ? 4 * maxWidth : (pixels ? 1 : 4) * sampleSize;
  if (samples * each > most) throw tooLarge('bytes', samples * each, most);
}

/** Room for samples. Errors: FormatError `limit` for more than there is memory for: a block of constant samples is some 50 bytes. */
export function allocateValues({ pixels, sampleSize }: CodecState, samples: number): CodecValues {
  const count = samples * sampleSize;
  try {
    return pixels ? new Uint8Array(count) : new Float32Array(count);
  } catch {
    throw formatError('limit', 'bytes', 'no more values than there is memory for', count);
  }
}

/** The values of a block. Errors: FormatError, whatever the bytes, and for a model that needs more memory than there is. */
export function* decodeBlock({ coder }: CodecState, { samples, payload, bound }: Block): Steps<CodecValues> {
  if (!(bound >= 0 && bound < Infinity)) throw corruptBlock();
  try {
    return yield* coder.decode(payload, samples, bound);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FormatError('limit', error.message);
  }
}

/** What reads compressed bytes: items that are whole, and the values of each. */
function blockReader(coding: CodecState, { onDamage }: UnpackOptions) {
  const { items, finish } = recordParser(coding, onDamage !== undefined);

  /** Shares of the work on a part, and its values; of one that is lost what stands for them, no more at once than a block holds. */
  function* valuesOf(item: BlockOrDamage): Generator<number | CodecValues, void, undefined> {
    let { error } = item as Partial<Damage>;
    const { first, samples } = item;
    try {
      if (!error) {
        yield yield* decodeBlock(coding, item as Block);
        return;
      }
    } catch (found) {
      if (!(found instanceof FormatError && onDamage)) throw found;
      error = found;
    }
    onDamage!({ first, samples, error });
    const most = maxSamples(coding.maxWidth);
    for (let left = samples; left > 0; left -= most)
      yield allocateValues(coding, Math.min(left, most)).fill(coding.pixels ? 0 : Number.NaN);
  }

  return { items, finish, valuesOf };
}

/** All values. No block is decoded before all have been found whole; so memory is taken only for what is there. */
export function* decompressAll(coding: CodecState, bytes: Uint8Array, options: UnpackOptions): Steps<CodecValues> {
  const { items, finish, valuesOf } = blockReader(coding, options);
  const all = [...items(bytes)];
  finish();
  const samples = all.reduce((sum, item) => sum + item.samples, 0);
  checkOutputSize(coding, samples, bytes.length, options.maxBytes);
  const out = allocateValues(coding, samples);
  let at = 0;
  for (const item of all) {
    const from = at / out.length;
    const share = (item.samples * coding.sampleSize) / out.length;
    for (const step of valuesOf(item)) {
      if (typeof step === 'number') yield from + share * step;
      else {
        out.set(step, at);
        at += step.length;
        yield at / out.length;
      }
    }
  }
  return out;
}

/** What takes compressed bytes part by part, and gives the values of each block that is whole. */
export function decompressParts(coding: CodecState, options: UnpackOptions) {
  const { items, finish, valuesOf } = blockReader(coding, options);
  let bytes = 0;
  let samples = 0;
  function* take(part: Uint8Array): Generator<number | CodecValues, void, undefined> {
    bytes += part.length;
    for (const item of items(part)) {
      samples += item.samples;
      checkOutputSize(coding, samples, bytes, options.maxBytes);
      yield* valuesOf(item);
    }
  }
  return { take, finish };
}
