// The records of compressed data: one header, blocks, one end. docs/format.md describes them to the bit.

import { FormatError, type FormatErrorCode } from '../errors.ts';
import type { Shape } from '../layers/layer.ts';

/** Version of the container. A reader refuses a higher one. */
export const VERSION = 1;
const MAGIC = 0x54534989;
const BLOCK_MARK = 0xb10c;
const END_MARK = 0xe0d5;
export const BLOCK_BYTES = 28;
export const END_BYTES = 36;
const HEADER_BYTES = 24;

/** What was asked for, in the order of their numbers. */
export const promises = ['none', 'maxError', 'relativeError', 'psnr', 'lossless'] as const;
export type PromiseName = (typeof promises)[number];

/** CRC-32C of bytes. */
export type Checksum = (bytes: Uint8Array) => number;

export interface Header {
  readonly mode: number;
  readonly promise: PromiseName;
  readonly asked: number;
  readonly digest: number;
  readonly shape: Shape;
}

export interface BlockHeader {
  /** Number of the first sample, modulo 2^32. */
  readonly first: number;
  readonly rows: number;
  readonly bytes: number;
  readonly bound: number;
  /** Of the payload. */
  readonly crc: number;
}

export interface End {
  readonly blocks: number;
  readonly samples: number;
  /** Largest error of any value; NaN where it was not measured. */
  readonly maxError: number;
  readonly meanSquaredError: number;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Puts the checksum of all before them into the last four bytes. */
function seal(bytes: Uint8Array<ArrayBuffer>, checksum: Checksum): Uint8Array<ArrayBuffer> {
  const end = bytes.length - 4;
  viewOf(bytes).setUint32(end, checksum(bytes.subarray(0, end)), true);
  return bytes;
}

/** Whether the last four bytes are the checksum of all before them. */
const sealed = (bytes: Uint8Array, checksum: Checksum): boolean =>
  viewOf(bytes).getUint32(bytes.length - 4, true) === checksum(bytes.subarray(0, -4));

export function writeHeader(header: Header, checksum: Checksum): Uint8Array<ArrayBuffer> {
  const { mode, promise, asked, digest, shape } = header;
  const bytes = new Uint8Array(HEADER_BYTES + 4 * shape.length);
  const view = viewOf(bytes);
  view.setUint32(0, MAGIC, true);
  bytes.set([VERSION, mode, promises.indexOf(promise), shape.length], 4);
  view.setUint32(8, digest, true);
  view.setFloat64(12, asked, true);
  shape.forEach((side, i) => {
    view.setUint32(20 + 4 * i, side, true);
  });
  return seal(bytes, checksum);
}

export function writeBlock(block: BlockHeader, checksum: Checksum): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(BLOCK_BYTES);
  const view = viewOf(bytes);
  view.setUint16(0, BLOCK_MARK, true);
  view.setUint16(2, block.rows, true);
  view.setUint32(4, block.first, true);
  view.setUint32(8, block.bytes, true);
  view.setFloat64(12, block.bound, true);
  view.setUint32(20, block.crc, true);
  return seal(bytes, checksum);
}

export function writeEnd(end: End, checksum: Checksum): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(END_BYTES);
  const view = viewOf(bytes);
  view.setUint16(0, END_MARK, true);
  view.setUint32(4, end.blocks, true);
  view.setUint32(8, end.samples % 2 ** 32, true);
  view.setUint32(12, Math.floor(end.samples / 2 ** 32), true);
  // Engines differ in the bits of a NaN, and one engine in those of one call and the next.
  for (const [at, value] of [
    [16, end.maxError],
    [24, end.meanSquaredError],
  ] as const)
    if (Number.isNaN(value)) view.setUint16(at + 6, 0x7ff8, true);
    else view.setFloat64(at, value, true);
  return seal(bytes, checksum);
}

export const bad = (code: FormatErrorCode, name: string, expected: string, got: unknown): FormatError =>
  new FormatError(code, `"${name}" expected ${expected}, got ${got}`);

/** The header and where it ends; undefined where bytes are missing. Errors: FormatError. */
export function readHeader(bytes: Uint8Array, checksum: Checksum): { header: Header; end: number } | undefined {
  const view = viewOf(bytes);
  for (let i = 0; i < Math.min(4, bytes.length); i++)
    if (bytes[i] !== ((MAGIC >>> (8 * i)) & 255)) throw bad('corrupt', 'bytes', 'data compressed by isthmus', 'others');
  const end = bytes.length < 8 ? 8 : HEADER_BYTES + 4 * bytes[7]!;
  if (bytes.length < end || bytes.length < 8) return undefined;
  if (!sealed(bytes.subarray(0, end), checksum)) throw bad('corrupt', 'header', 'its checksum', 'another');
  if (bytes[4]! > VERSION) throw bad('version', 'version', `1..${VERSION}`, bytes[4]);
  const promise = promises[bytes[6]!];
  if (!bytes[4] || !promise) throw bad('corrupt', 'header', 'a version and a promise', `${bytes[4]} and ${bytes[6]}`);
  const shape = Array.from({ length: bytes[7]! }, (_, i) => view.getUint32(20 + 4 * i, true));
  const header = { mode: bytes[5]!, promise, asked: view.getFloat64(12, true), digest: view.getUint32(8, true), shape };
  return { header, end };
}

/** What stands at the start of the bytes: a block, the end, too few bytes to say, or neither. */
export function readRecord(bytes: Uint8Array, checksum: Checksum): BlockHeader | End | 'short' | 'neither' {
  const view = viewOf(bytes);
  const mark = bytes.length < 2 ? -1 : view.getUint16(0, true);
  const begins = (value: number): boolean => bytes.length === 1 && bytes[0] === (value & 255);
  if (bytes.length === 0 || begins(BLOCK_MARK) || begins(END_MARK)) return 'short';
  const size = mark === BLOCK_MARK ? BLOCK_BYTES : mark === END_MARK ? END_BYTES : 0;
  if (!size) return 'neither';
  if (bytes.length < size) return 'short';
  if (!sealed(bytes.subarray(0, size), checksum)) return 'neither';
  if (mark === BLOCK_MARK)
    return {
      rows: view.getUint16(2, true),
      first: view.getUint32(4, true),
      bytes: view.getUint32(8, true),
      bound: view.getFloat64(12, true),
      crc: view.getUint32(20, true),
    };
  return {
    blocks: view.getUint32(4, true),
    samples: view.getUint32(8, true) + 2 ** 32 * view.getUint32(12, true),
    maxError: view.getFloat64(16, true),
    meanSquaredError: view.getFloat64(24, true),
  };
}
