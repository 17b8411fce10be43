// Parses compressed bytes, in pieces of any size, into blocks. Detects damage and, with an option, continues after it.

import { concat } from '../../core/bytes.ts';
import { type FormatError, formatError } from '../../core/errors.ts';
import { maxBlockSamples, maxPayloadBytes } from '../limits.ts';
import { BLOCK_HEADER_BYTES, BLOCK_MARK, readBlockHeader } from './block.ts';
import { type Checksum, hasValidChecksum } from './checksum.ts';
import { END_BYTES, END_MARK, type EndRecord, readEnd } from './end.ts';
import { checkHeader, type StreamIdentity } from './header.ts';

/** Samples that are lost, one after the other. */
export interface Damage {
  /** Index of the first lost sample, from 0. */
  readonly first: number;
  /** Number of lost samples. */
  readonly samples: number;
  /** Why they are lost; `error.code` is `corrupt`, or `limit` where decoding would take too much memory. */
  readonly error: FormatError;
}

/** A block whose payload has arrived. */
export interface Block {
  /** Index of its first sample. */
  readonly first: number;
  readonly samples: number;
  readonly payload: Uint8Array;
  readonly bound: number;
  /** Compares the payload with its checksum. */
  payloadError(): FormatError | undefined;
}

export type BlockOrDamage = Block | Damage;

/** The properties of the codec that a parser needs. */
export interface ParserContext extends StreamIdentity {
  readonly checksum: Checksum;
  /** Number of values of a sample or of its code, whichever is larger. */
  readonly maxWidth: number;
}

export interface ParserOptions {
  /** Report damage and continue after it, instead of throwing. */
  readonly recover?: boolean;
  /** Leave the checksums of payloads to the caller. */
  readonly lazy?: boolean;
}

/**
 * Bytes of damaged payloads that are read a second time, as a multiple of all bytes. Data that are damaged by accident
 * need 1; forged blocks that all claim the same bytes would have them read once for each block.
 */
const MAX_REREADS = 4;

const corrupt = (block: number, expected: string, got: string): FormatError =>
  formatError('corrupt', `block ${block}`, `samples ${expected}`, got);

/** The record that the bytes begin with. `incomplete`: too few bytes to decide. */
function recordKind(bytes: Uint8Array, checksum: Checksum): 'block' | 'end' | 'damaged' | 'incomplete' {
  if (!bytes.length) return 'incomplete';
  const beginsWith = (mark: number): boolean =>
    bytes[0] === (mark & 255) && (bytes.length === 1 || bytes[1] === mark >> 8);
  const isBlock = beginsWith(BLOCK_MARK);
  const size = isBlock ? BLOCK_HEADER_BYTES : END_BYTES;
  if (!isBlock && !beginsWith(END_MARK)) return 'damaged';
  if (bytes.length < size) return 'incomplete';
  if (!hasValidChecksum(bytes.subarray(0, size), checksum)) return 'damaged';
  return isBlock ? 'block' : 'end';
}

/**
 * A parser for the compressed data of one codec. `push` takes the data in pieces; `finish` comes after the last piece. A
 * function with local state instead of a class: a minifier shortens locals, but keeps `this.#name`.
 */
export function containerParser(context: ParserContext, { recover, lazy }: ParserOptions = {}) {
  const { checksum, maxWidth } = context;
  const maxSamples = maxBlockSamples(maxWidth);
  /** Pieces that have not been joined, and their bytes. */
  let pieces: Uint8Array[] = [];
  let pendingBytes = 0;
  /** Pending bytes that the next block needs. */
  let neededBytes = 0;
  /** The bytes from the next record on. */
  let bytes = new Uint8Array();
  let headerRead = false;
  let endRecord: EndRecord | undefined;
  let nextSample = 0;
  let nextBlock = 0;
  /** Bytes that were skipped since the last block. */
  let skippedBytes = 0;
  /** All bytes, and those of damaged payloads. */
  let totalBytes = 0;
  let damagedBytes = 0;
  let damaged = false;

  function skip(count: number): void {
    bytes = bytes.subarray(count);
  }

  /** Errors: `error`, unless damage is reported. */
  function damage(samples: number, error: FormatError): Damage {
    if (!recover) throw error;
    damaged = true;
    nextSample += samples;
    return { first: nextSample - samples, samples, error };
  }

  function header(): void {
    const size = checkHeader(context, checksum, bytes);
    headerRead = size > 0;
    skip(size);
  }

  /** Skips a byte in search of the next record. */
  function resync(): void {
    if (!recover) throw corrupt(nextBlock, `from ${nextSample} on`, 'others');
    skippedBytes++;
    skip(1);
  }

  /** Reports the samples that are missing before sample `first`, which is modulo 2^32. */
  function* gap(first: number): Generator<Damage, void, undefined> {
    const samples = (first - nextSample) >>> 0;
    if (!samples) return;
    const error = corrupt(nextBlock, `from ${nextSample} on`, `those from ${first} on`);
    // One full block may be missing without a trace, and one for each header that fits into the skipped bytes. A larger
    // gap means that `first` is wrong.
    if (samples > maxSamples * (1 + Math.ceil(skippedBytes / BLOCK_HEADER_BYTES))) throw error;
    skippedBytes = 0;
    yield damage(samples, error);
  }

  /** Reads a block. Returns false where bytes of its payload are missing. */
  function* block(): Generator<BlockOrDamage, boolean, undefined> {
    const { samples, first: statedFirst, payloadBytes, bound, payloadCrc } = readBlockHeader(bytes);
    yield* gap(statedFirst);
    const first = nextSample;
    if (!samples) throw corrupt(nextBlock, `from ${first} on`, 'none');
    const maxBytes = maxPayloadBytes(samples, maxWidth);
    if (samples > maxSamples || payloadBytes > maxBytes)
      throw formatError(
        'limit',
        'block',
        `at most ${maxSamples} samples of ${maxBytes} bytes`,
        `${samples} of ${payloadBytes}`,
      );
    const end = BLOCK_HEADER_BYTES + payloadBytes;
    if (bytes.length < end) {
      neededBytes = end;
      return false;
    }
    const payload = bytes.subarray(BLOCK_HEADER_BYTES, end);
    const number = nextBlock++;
    const payloadError = (): FormatError | undefined =>
      checksum(payload) === payloadCrc
        ? undefined
        : corrupt(number, `${first}..${first + samples - 1} with their checksum`, 'another');
    const error = lazy ? undefined : payloadError();
    if (error) {
      yield damage(samples, error);
      // If bytes are missing, the next block begins before the end of this one, so the payload is searched for it.
      skippedBytes = end;
      damagedBytes += payloadBytes;
      skip(damagedBytes > MAX_REREADS * totalBytes ? end : BLOCK_HEADER_BYTES);
    } else {
      skippedBytes = 0;
      yield { first, samples, payload, bound, payloadError };
      nextSample += samples;
      skip(end);
    }
    return true;
  }

  function* end(): Generator<Damage, void, undefined> {
    const record = readEnd(bytes);
    const samples = nextSample;
    yield* gap(record.samples % 2 ** 32);
    skip(END_BYTES);
    if (!damaged && (record.blocks !== nextBlock || record.samples !== samples))
      throw formatError('corrupt', 'end', `${nextBlock} blocks of ${samples} samples`, 'others');
    endRecord = { ...record, samples: nextSample };
  }

  return {
    /** The blocks that are complete with these bytes. Keeps the bytes, not a copy. Errors: FormatError. */
    *push(piece: Uint8Array): Generator<BlockOrDamage, void, undefined> {
      pieces.push(piece);
      totalBytes += piece.length;
      pendingBytes += piece.length;
      if (pendingBytes < neededBytes) return;
      bytes = pieces.length > 1 ? concat(pieces) : (piece as Uint8Array<ArrayBuffer>);
      neededBytes = 0;
      if (!headerRead) header();
      while (headerRead && !endRecord) {
        const kind = recordKind(bytes, checksum);
        if (kind === 'incomplete') break;
        if (kind === 'damaged') resync();
        else if (kind === 'end') yield* end();
        else if (!(yield* block())) break;
      }
      pieces = [bytes];
      pendingBytes = bytes.length;
      if (endRecord && pendingBytes)
        throw formatError('corrupt', 'bytes', 'nothing behind the end', `${pendingBytes} bytes`);
    },

    /** The record after the last block. Errors: FormatError where it is missing. */
    finish(): EndRecord {
      if (!endRecord) throw formatError('truncated', 'bytes', 'an end behind the blocks', 'none');
      return endRecord;
    },
  };
}
