// Compressed bytes, as they come, to blocks that are whole: what stands in front of every decoder.

import { concat } from '../../core/bytes.ts';
import { type FormatError, formatError } from '../../core/errors.ts';
import type { CodecState } from '../codec-state.ts';
import { samplesWithin } from '../values.ts';
import { BLOCK_BYTES, END, END_BYTES, readHeader, recordLayout } from './records.ts';
import { unpackNumbers } from './struct.ts';

/** A part of the data that is lost. */
export interface Damage {
  /** Number of the first sample that is lost, from 0, and how many are. */
  readonly first: number;
  readonly samples: number;
  /** What is wrong, with its `code`. */
  readonly error: FormatError;
}

/** A block. */
export interface Block {
  readonly first: number;
  readonly samples: number;
  readonly payload: Uint8Array;
  readonly bound: number;
  /** What is wrong with the payload, by its checksum. */
  payloadError(): FormatError | undefined;
}

/** The errors are NaN where they were not measured. */
export type EndRecord = readonly [samples: number, maxError: number, meanSquaredError: number];

export type BlockOrDamage = Block | Damage;

/** Samples that a block may hold, for samples of so many values: 2^20 values, or one sample. */
export const maxSamples = (size: number): number => samplesWithin(2 ** 20, size);

/** How often the bytes of damaged payloads are read in all, as a multiple of all bytes: once, where they were not made to be damaged. */
const MAX_REREADS = 4;

const corrupt = (number: number, expected: string, got: string): FormatError =>
  formatError('corrupt', `block ${number}`, `samples ${expected}`, got);

/** A walk through the records. With `recover` it goes on behind damage; `lazy` leaves checksums of payloads to others. */
export function recordParser(coding: CodecState, recover: boolean, lazy = false) {
  const { checksum, maxWidth } = coding;
  let parts: Uint8Array[] = [];
  let pendingBytes = 0;
  let neededBytes = 0;
  let headerRead = false;
  let end: EndRecord | undefined;
  /** Bytes that were skipped since the last block; bytes in all, and of payloads that were damaged. */
  let skippedBytes = 0;
  let totalBytes = 0;
  let damagedBytes = 0;
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
    *items(more: Uint8Array): Generator<BlockOrDamage, void, undefined> {
      parts.push(more);
      totalBytes += more.length;
      pendingBytes += more.length;
      if (pendingBytes < neededBytes) return;
      let bytes = parts.length > 1 ? concat(parts) : more;
      neededBytes = 0;
      if (!headerRead) {
        const header = readHeader(coding, bytes);
        headerRead = header > 0;
        bytes = bytes.subarray(header);
      }
      while (headerRead && !end) {
        neededBytes = 0;
        const layout = recordLayout(bytes, checksum);
        if (layout === undefined) break;
        if (!layout) {
          if (!recover) throw corrupt(blocks, `from ${first} on`, 'others');
          skippedBytes++;
          bytes = bytes.subarray(1);
          continue;
        }
        const numbers = unpackNumbers(layout, bytes);
        const start = numbers[layout === END ? 3 : 2];
        const gap = (start - first) >>> 0;
        if (gap) {
          const error = corrupt(blocks, `from ${first} on`, `those from ${start} on`);
          // As many as the bytes that were skipped may have held; and a block may be gone without a trace.
          if (gap > maxSamples(maxWidth) * (1 + Math.ceil(skippedBytes / BLOCK_BYTES))) throw error;
          skippedBytes = 0;
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
        const most = 16 * samples * maxWidth + 1024;
        if (!samples) throw corrupt(blocks, `from ${first} on`, 'none');
        if (samples > maxSamples(maxWidth) || size > most)
          throw formatError(
            'limit',
            'block',
            `at most ${maxSamples(maxWidth)} samples of ${most} bytes`,
            `${samples} of ${size}`,
          );
        neededBytes = BLOCK_BYTES + size;
        if (bytes.length < neededBytes) break;
        const payload = bytes.subarray(BLOCK_BYTES, neededBytes);
        const number = blocks++;
        const place = `${first}..${first + samples - 1} with their checksum`;
        const payloadError = () => (checksum(payload) === crc ? undefined : corrupt(number, place, 'another'));
        skippedBytes = 0;
        const error = lazy ? undefined : payloadError();
        if (error) {
          yield damage(samples, error);
          // Perhaps bytes are missing, and the next block begins before this one ends. Blocks that all claim the same bytes
          // would have these read again for each.
          skippedBytes = neededBytes;
          damagedBytes += size;
          bytes = bytes.subarray(damagedBytes > MAX_REREADS * totalBytes ? neededBytes : BLOCK_BYTES);
        } else {
          yield { first, samples, payload, bound, payloadError };
          first += samples;
          bytes = bytes.subarray(neededBytes);
        }
      }
      if (end && bytes.length) throw formatError('corrupt', 'bytes', 'nothing behind the end', `${bytes.length} bytes`);
      parts = [bytes];
      pendingBytes = bytes.length;
    },

    /** What stands in the end. Errors: FormatError where that is missing. */
    finish(): EndRecord {
      if (!end) throw formatError('truncated', 'bytes', 'an end behind the blocks', 'none');
      return end;
    },
  };
}
