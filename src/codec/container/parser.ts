// Compressed bytes, as they come, to blocks that are whole: what stands in front of every decoder.

import { concat } from '../../core/bytes.ts';
import { type FormatError, formatError } from '../../core/errors.ts';
import type { Coding } from '../codec-state.ts';
import { rowsWithin } from '../values.ts';
import { BLOCK_BYTES, END, END_BYTES, layoutOf, readHeader } from './records.ts';
import { unpack } from './struct.ts';

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

/** The errors are NaN where they were not measured. */
export type End = readonly [samples: number, maxError: number, meanSquaredError: number];

export type Item = Whole | Damage;

/** Samples that a block may hold, for samples of so many values: 2^20 values, or one sample. */
export const mostRows = (size: number): number => rowsWithin(2 ** 20, size);

/** How often the bytes of damaged payloads are read in all, as a multiple of all bytes: once, where they were not made to be damaged. */
const MOST_READ = 4;

const corrupt = (number: number, expected: string, got: string): FormatError =>
  formatError('corrupt', `block ${number}`, `samples ${expected}`, got);

/** A walk through the records. With `recover` it goes on behind damage; `lazy` leaves checksums of payloads to others. */
export function recordsOf(coding: Coding, recover: boolean, lazy = false) {
  const { checksum, widest } = coding;
  let parts: Uint8Array[] = [];
  let waiting = 0;
  let needed = 0;
  let begun = false;
  let end: End | undefined;
  /** Bytes that were skipped since the last block; bytes in all, and of payloads that were damaged. */
  let lost = 0;
  let seen = 0;
  let failed = 0;
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
      seen += more.length;
      waiting += more.length;
      if (waiting < needed) return;
      let bytes = parts.length > 1 ? concat(parts) : more;
      needed = 0;
      if (!begun) {
        const header = readHeader(coding, bytes);
        begun = header > 0;
        bytes = bytes.subarray(header);
      }
      while (begun && !end) {
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
          const [, , count, low, high, worst, mean] = numbers;
          bytes = bytes.subarray(END_BYTES);
          if (!damaged && (count !== blocks || low + 2 ** 32 * high !== first))
            throw formatError('corrupt', 'end', `${blocks} blocks of ${first} samples`, 'others');
          end = [first, worst, mean];
          break;
        }
        const [, samples, , size, bound, crc] = numbers;
        const most = 16 * samples * widest + 1024;
        if (!samples) throw corrupt(blocks, `from ${first} on`, 'none');
        if (samples > mostRows(widest) || size > most)
          throw formatError(
            'limit',
            'block',
            `at most ${mostRows(widest)} samples of ${most} bytes`,
            `${samples} of ${size}`,
          );
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
          // Perhaps bytes are missing, and the next block begins before this one ends. Blocks that all claim the same bytes
          // would have these read again for each.
          lost = needed;
          failed += size;
          bytes = bytes.subarray(failed > MOST_READ * seen ? needed : BLOCK_BYTES);
        } else {
          yield { first, samples, payload, bound, fault };
          first += samples;
          bytes = bytes.subarray(needed);
        }
      }
      if (end && bytes.length) throw formatError('corrupt', 'bytes', 'nothing behind the end', `${bytes.length} bytes`);
      parts = [bytes];
      waiting = bytes.length;
    },

    /** What stands in the end. Errors: FormatError where that is missing. */
    finish(): End {
      if (!end) throw formatError('truncated', 'bytes', 'an end behind the blocks', 'none');
      return end;
    },
  };
}
