// The header of compressed data says which codec wrote it. docs/format.md describes its bytes.

import { concat } from '../../core/bytes.ts';
import { formatError } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { refuseForeign } from '../../files/foreign-formats.ts';
import { type Guarantee, guarantees } from '../guarantee.ts';
import { type Checksum, hasValidChecksum, withChecksum } from './checksum.ts';
import { readRecord, readUint32, uint32Bytes, writeRecord } from './record.ts';
import { LATEST_VERSION } from './version.ts';

/** The fields of a header that describe the codec. */
export interface StreamIdentity {
  readonly version: number;
  readonly modeId: number;
  readonly guarantee: Guarantee;
  /** The number that belongs to the guarantee: an absolute error, a share of the range, dB; else 0. */
  readonly target: number;
  /** Digest of the codec's file. */
  readonly digest: number;
  /** Shape of one sample. */
  readonly shape: Shape;
}

/** Bytes `89 49 53 54`: `\x89IST`. */
const MAGIC = 0x54534989;
/** Offsets of the number of axes of `shape`, and of the axes. */
const RANK_OFFSET = 7;
const SHAPE_OFFSET = 20;

const headerFields = {
  magic: 'Uint32',
  version: 'Uint8',
  modeId: 'Uint8',
  guaranteeId: 'Uint8',
  rank: 'Uint8',
  digest: 'Uint32',
  target: 'Float64',
} as const;

export function writeHeader(identity: StreamIdentity, checksum: Checksum): Uint8Array<ArrayBuffer> {
  const { guarantee, shape } = identity;
  const fields = { ...identity, magic: MAGIC, guaranteeId: guarantees.indexOf(guarantee), rank: shape.length };
  return withChecksum(concat([writeRecord(headerFields, fields), ...shape.map(uint32Bytes)]), checksum);
}

/** A digest in files and in error messages: eight hexadecimal digits. */
export const digestText = (digest: number): string => digest.toString(16).padStart(8, '0');

const codecText = (digest: number, shape: readonly number[]): string => `${digestText(digest)}, [${shape}]`;

/**
 * Checks that the bytes begin with the header of this codec. Returns its size, or 0 where bytes of it are missing. Errors:
 * FormatError `corrupt` for a damaged header or other data, `version` for a later version, `model` for another codec.
 */
export function checkHeader(identity: StreamIdentity, checksum: Checksum, bytes: Uint8Array): number {
  const { version, digest } = identity;
  if (uint32Bytes(MAGIC).some((byte, i) => i < bytes.length && byte !== bytes[i])) {
    const expected = 'data compressed by isthmus';
    refuseForeign(bytes, 'bytes', expected);
    throw formatError('corrupt', 'bytes', expected, 'others');
  }
  if (bytes.length <= RANK_OFFSET) return 0;
  const size = SHAPE_OFFSET + 4 * bytes[RANK_OFFSET]! + 4;
  if (bytes.length < size) return 0;
  const corrupt = () => formatError('corrupt', 'header', 'that of this codec', 'another');
  const header = bytes.subarray(0, size);
  if (!hasValidChecksum(header, checksum)) throw corrupt();
  const found = readRecord(headerFields, header);
  if (found.version > version && (found.version > LATEST_VERSION || found.digest === digest))
    throw formatError('version', 'version', `${version}, as this codec writes it`, found.version);
  const shape = Array.from({ length: found.rank }, (_, axis) => readUint32(header, SHAPE_OFFSET + 4 * axis));
  const [expected, got] = [codecText(digest, identity.shape), codecText(found.digest, shape)];
  if (expected !== got) throw formatError('model', 'bytes', `data of codec ${expected}`, got);
  const { modeId, guaranteeId } = found;
  if (found.version !== version || modeId !== identity.modeId || guarantees[guaranteeId] !== identity.guarantee)
    throw corrupt();
  return size;
}
