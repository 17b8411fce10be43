// The records of compressed data: one header, blocks, one end. docs/format.md describes them to the bit.

import { concat } from '../../core/bytes.ts';
import { formatError } from '../../core/errors.ts';
import { refuseForeign } from '../../files/foreign-formats.ts';
import type { CodecState } from '../codec-state.ts';
import { packNumbers, unpackNumbers } from './struct.ts';

/** Latest version of a codec's file and of the container. A reader refuses a higher one. */
export const CONTAINER_VERSION = 2;
/** What is added to the number of a mode where values are bytes. */
const BYTES_MODE_OFFSET = 16;

/** The first version that has what a codec does: 2 has bytes with a loss, and bounds by channel. */
export const versionOf = ({ mode, pixels, bounds }: Pick<CodecState, 'mode' | 'pixels' | 'bounds'>): number =>
  (pixels && mode.name !== 'lossless') || bounds ? 2 : 1;

/** The number of a mode in the container. */
const idOf = ({ mode, pixels }: CodecState): number =>
  mode.id + (pixels && mode.name !== 'lossless' ? BYTES_MODE_OFFSET : 0);
const MAGIC = 0x54534989;
const BLOCK_MARK = 0xb10c;
const END_MARK = 0xe0d5;
export const BLOCK_BYTES = 28;
export const END_BYTES = 36;
const HEADER_BYTES = 24;

/** Numbers of a record before its checksum; those of a header's shape follow them. */
const HEADER = 'IBBBBId';
export const BLOCK = 'HHIIdI';
export const END = 'HHIIIdd';

/** What was asked for, in the order of their numbers. */
export const guarantees = ['none', 'maxError', 'relativeError', 'psnr', 'lossless'] as const;
export type Guarantee = (typeof guarantees)[number];

/** CRC-32C of bytes. */
export type Checksum = (bytes: Uint8Array) => number;

/** Numbers and the checksum of their bytes. */
function withChecksum(layout: string, numbers: readonly number[], checksum: Checksum): Uint8Array<ArrayBuffer> {
  const bytes = packNumbers(layout, numbers);
  return concat([bytes, packNumbers('I', [checksum(bytes)])]);
}

/** Whether the last four bytes are the checksum of all before them. */
const hasValidChecksum = (bytes: Uint8Array, checksum: Checksum): boolean =>
  unpackNumbers('I', bytes.subarray(-4))[0] === checksum(bytes.subarray(0, -4));

export function writeHeader(coding: CodecState): Uint8Array<ArrayBuffer> {
  const { guarantee, target, digest, model, checksum } = coding;
  const shape = model.inputShape;
  const numbers = [
    MAGIC,
    versionOf(coding),
    idOf(coding),
    guarantees.indexOf(guarantee),
    shape.length,
    digest,
    target,
    ...shape,
  ];
  return withChecksum(HEADER + 'I'.repeat(shape.length), numbers, checksum);
}

/** `first`: number of the first sample. `bytes`, `crc`: of the payload. */
export const writeBlock = (
  numbers: readonly [rows: number, first: number, bytes: number, bound: number, crc: number],
  checksum: Checksum,
): Uint8Array<ArrayBuffer> => withChecksum(BLOCK, [BLOCK_MARK, ...numbers], checksum);

/** The errors are NaN where they were not measured. */
export const writeEnd = (
  blocks: number,
  samples: number,
  errors: readonly [maxError: number, meanSquaredError: number],
  checksum: Checksum,
): Uint8Array<ArrayBuffer> => withChecksum(END, [END_MARK, 0, blocks, samples, samples / 2 ** 32, ...errors], checksum);

/** A digest as it is written. */
export const hex = (digest: number): string => digest.toString(16).padStart(8, '0');

/** Bytes of the header; 0 where some are missing. Errors: FormatError for that of another codec. */
export function readHeader(coding: CodecState, bytes: Uint8Array): number {
  const { mode, guarantee, digest, model, checksum } = coding;
  if (packNumbers('I', [MAGIC]).some((byte, i) => i < bytes.length && byte !== bytes[i])) {
    const expected = 'data compressed by isthmus';
    refuseForeign(bytes, 'bytes', expected);
    throw formatError('corrupt', 'bytes', expected, 'others');
  }
  const end = HEADER_BYTES + 4 * bytes[7]!;
  // Where there is no rank yet the end is NaN.
  if (!(bytes.length >= end)) return 0;
  const corrupt = () => formatError('corrupt', 'header', `that of ${mode.name} compression`, 'another');
  if (!hasValidChecksum(bytes.subarray(0, end), checksum)) throw corrupt();
  const [, version, id, guaranteeId, rank, fileDigest] = unpackNumbers(HEADER, bytes);
  const latest = versionOf(coding);
  if (version > latest && (version > CONTAINER_VERSION || fileDigest === digest))
    throw formatError('version', 'version', `${latest}, as this codec writes it`, version);
  const data = (name: number, shape: readonly number[]): string => `${hex(name)}, [${shape}]`;
  const [expected, got] = [
    data(digest, model.inputShape),
    data(fileDigest, unpackNumbers('I'.repeat(rank), bytes.subarray(20))),
  ];
  if (expected !== got) throw formatError('model', 'bytes', `data of codec ${expected}`, got);
  if (version !== latest || id !== idOf(coding) || guarantees[guaranteeId] !== guarantee) throw corrupt();
  return end;
}

/** The layout of the record that the bytes begin with, '' where there is none; undefined: too few bytes to say. */
export function recordLayout(bytes: Uint8Array, checksum: Checksum): string | undefined {
  if (!bytes.length) return undefined;
  const begins = (mark: number): boolean => bytes[0] === (mark & 255) && (bytes.length === 1 || bytes[1] === mark >> 8);
  const [layout, size] = begins(BLOCK_MARK) ? [BLOCK, BLOCK_BYTES] : begins(END_MARK) ? [END, END_BYTES] : ['', 0];
  if (bytes.length < size) return undefined;
  return size && hasValidChecksum(bytes.subarray(0, size), checksum) ? layout : '';
}
