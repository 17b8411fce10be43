// Compressed bytes, as they come, to blocks that are whole: what stands in front of every decoder.

import { concat } from '../bytes.ts';
import { type FormatError, formatError } from '../errors.ts';
import type { Coding } from './coding.ts';
import { BLOCK_BYTES, END, END_BYTES, layoutOf, readHeader } from './container.ts';
import { unpack } from './numbers.ts';
import { rowsWithin } from './values.ts';

/** A part of the data that is lost. */
export interface Damage {
  /** Number of the first sample that is lost, from 0, and how many are. */
  readonly first: number;
  readonly samples: number;
  /** What is wrong, with its `code`. */
  readonly error: FormatError;
}

/** A block. */
export interface Whole {
  readonly first: number;
  readonly samples: number;
  readonly payload: Uint8Array;
  readonly bound: number;
  /** What is wrong with the payload, by its checksum. */
  fault(): FormatError | undefined;
}

/** What stands behind all blocks. */
export interface End {
  readonly first: number;
  readonly samples: 0;
  /** The largest error and the mean squared one; NaN where they were not measured. */
  readonly errors: readonly number[];
}

export type Item = Whole | Damage | End;

/** Samples that a block may hold, for samples of so many values: 2^20 values, or one sample. */
export const mostRows = (size: number): number => rowsWithin(2 ** 20, size);

const corrupt = (number: number, expected: string, got: string): FormatError =>
  formatError('corrupt', `block ${number}`, `samples ${expected}`, got);

/** Errors: FormatError for a header that asks for more than a block may have. `size`: values of a sample or a code. */
function checkBlock(rows: number, bytes: number, size: number): void {
  if (!rows) throw formatError('corrupt', 'block', 'at least one sample', rows);
  if (rows > mostRows(size)) throw formatError('limit', 'block', `at most ${mostRows(size)} samples`, rows);
  const most = 16 * rows * size + 1024;
  if (bytes > most) throw formatError('limit', 'block', `at most ${most} bytes for ${rows} samples`, bytes);
}

/** A walk through the records. With `recover` it goes on behind damage; `lazy` leaves checksums of payloads to others. */
export function recordsOf(coding: Coding, recover: boolean, lazy = false) {
  const { checksum, widest } = coding;
  let parts: Uint8Array[] = [];
  let waiting = 0;
  let needed = 0;
  let begun = false;
  let ended = false;
  /** Bytes that were skipped since the last block. */
  let lost = 0;
  let damaged = false;
  let first = 0;
  let blocks = 0;

  function damage(samples: number, error: FormatError): Damage {
    if (!recover) throw error;
    damaged = true;
    first += samples;
    return { first: first - samples, samples, error };
  }

  return {
    /** What is whole so far behind `more` bytes. Errors: FormatError. */
    *items(more: Uint8Array): Generator<Item, void, undefined> {
      parts.push(more);
      waiting += more.length;
      if (waiting < needed) return;
      let bytes = parts.length > 1 ? concat(parts) : more;
      needed = 0;
      if (!begun) {
        const end = readHeader(coding, bytes);
        begun = end !== undefined;
        bytes = bytes.subarray(end ?? 0);
      }
      while (begun && !ended) {
        needed = 0;
        const layout = layoutOf(bytes, checksum);
        if (layout === undefined) break;
        if (!layout) {
          if (!recover) throw corrupt(blocks, `from ${first} on`, 'others');
          lost++;
          bytes = bytes.subarray(1);
          continue;
        }
        const numbers = unpack(layout, bytes);
        const start = numbers[layout === END ? 3 : 2];
        const gap = (start - first) >>> 0;
        if (gap) {
          const error = corrupt(blocks, `from ${first} on`, `those from ${start} on`);
          // As many as the bytes that were skipped may have held; and a block may be gone without a trace.
          if (gap > mostRows(widest) * (1 + Math.ceil(lost / BLOCK_BYTES))) throw error;
          lost = 0;
          yield damage(gap, error);
        }
        if (layout === END) {
          const [, , count, low, high, ...errors] = numbers;
          ended = true;
          bytes = bytes.subarray(END_BYTES);
          const [expected, got] = [
            `${count} blocks of ${low + 2 ** 32 * high} samples`,
            `${blocks} blocks of ${first} samples`,
          ];
          if (!damaged && expected !== got) throw formatError('corrupt', 'end', expected, got);
          yield { first, samples: 0, errors };
          break;
        }
        const [, samples, , size, bound, crc] = numbers;
        checkBlock(samples, size, widest);
        needed = BLOCK_BYTES + size;
        if (bytes.length < needed) break;
        const payload = bytes.subarray(BLOCK_BYTES, needed);
        const number = blocks++;
        const place = `${first}..${first + samples - 1} with their checksum`;
        const fault = () => (checksum(payload) === crc ? undefined : corrupt(number, place, 'another'));
        lost = 0;
        const error = lazy ? undefined : fault();
        if (error) {
          yield damage(samples, error);
          // Perhaps bytes are missing, and the next block begins before this one ends.
          lost = needed;
          bytes = bytes.subarray(BLOCK_BYTES);
        } else {
          yield { first, samples, payload, bound, fault };
          first += samples;
          bytes = bytes.subarray(needed);
        }
      }
      if (ended && bytes.length)
        throw formatError('corrupt', 'bytes', 'nothing behind the end', `${bytes.length} bytes`);
      parts = [bytes];
      waiting = bytes.length;
    },

    /** Errors: FormatError where the end is missing. */
    finish(): void {
      if (!ended) throw formatError('truncated', 'bytes', 'an end behind the blocks', 'none');
    },
  };
}
