// Blocks to values, into one array or one after the other.

import { FormatError, formatError } from '../core/errors.ts';
import type { Steps } from '../core/progress.ts';
import { tooLarge } from '../files/read-source.ts';
import type { Coding } from './codec-state.ts';
import { type Damage, type Item, mostRows, recordsOf, type Whole } from './container/parser.ts';
import { corrupt, type Values } from './values.ts';

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
const ALLOWED = 2 ** 27;
const RATIO = 1024;

/** Errors: FormatError `limit` where so many samples out of so many bytes take more than is allowed. */
export function checkSize({ pixels, size, widest }: Coding, samples: number, bytes: number, maxBytes?: number): void {
  const most = maxBytes ?? Math.max(ALLOWED, RATIO * bytes);
  // Codes that are larger than samples take more memory on the way.
  const each = maxBytes === undefined && widest > size ? 4 * widest : (pixels ? 1 : 4) * size;
  if (samples * each > most) throw tooLarge('bytes', samples * each, most);
}

/** Room for samples. Errors: FormatError `limit` for more than there is memory for: a block of constant samples is some 50 bytes. */
export function newValues({ pixels, size }: Coding, samples: number): Values {
  const count = samples * size;
  try {
    return pixels ? new Uint8Array(count) : new Float32Array(count);
  } catch {
    throw formatError('limit', 'bytes', 'no more values than there is memory for', count);
  }
}

/** The values of a block. Errors: FormatError, whatever the bytes, and for a model that needs more memory than there is. */
export function* decodeBlock({ coder }: Coding, { samples, payload, bound }: Whole): Steps<Values> {
  if (!(bound >= 0 && bound < Infinity)) throw corrupt();
  try {
    return yield* coder.decode(payload, samples, bound);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FormatError('limit', error.message);
  }
}

/** What reads compressed bytes: items that are whole, and the values of each. */
function unpackerOf(coding: Coding, { onDamage }: UnpackOptions) {
  const { items, finish } = recordsOf(coding, onDamage !== undefined);

  /** Shares of the work on a part, and its values; of one that is lost what stands for them, no more at once than a block holds. */
  function* valuesOf(item: Item): Generator<number | Values, void, undefined> {
    let { error } = item as Partial<Damage>;
    const { first, samples } = item;
    try {
      if (!error) {
        yield yield* decodeBlock(coding, item as Whole);
        return;
      }
    } catch (found) {
      if (!(found instanceof FormatError && onDamage)) throw found;
      error = found;
    }
    onDamage!({ first, samples, error });
    const most = mostRows(coding.widest);
    for (let left = samples; left > 0; left -= most)
      yield newValues(coding, Math.min(left, most)).fill(coding.pixels ? 0 : Number.NaN);
  }

  return { items, finish, valuesOf };
}

/** All values. No block is decoded before all have been found whole; so memory is taken only for what is there. */
export function* unpackAll(coding: Coding, bytes: Uint8Array, options: UnpackOptions): Steps<Values> {
  const { items, finish, valuesOf } = unpackerOf(coding, options);
  const all = [...items(bytes)];
  finish();
  const samples = all.reduce((sum, item) => sum + item.samples, 0);
  checkSize(coding, samples, bytes.length, options.maxBytes);
  const out = newValues(coding, samples);
  let at = 0;
  for (const item of all) {
    const from = at / out.length;
    const share = (item.samples * coding.size) / out.length;
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
export function unpackParts(coding: Coding, options: UnpackOptions) {
  const { items, finish, valuesOf } = unpackerOf(coding, options);
  let bytes = 0;
  let samples = 0;
  function* take(part: Uint8Array): Generator<number | Values, void, undefined> {
    bytes += part.length;
    for (const item of items(part)) {
      samples += item.samples;
      checkSize(coding, samples, bytes, options.maxBytes);
      yield* valuesOf(item);
    }
  }
  return { take, finish };
}
