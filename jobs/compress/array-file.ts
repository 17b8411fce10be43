// Files that are an array of numbers between bytes of another kind: arrays of NumPy (.npy) and recordings (WAV).

import { FormatError } from 'isthmus';
import { bytesOf, type NumberCode } from './number-bytes.ts';

/** A file as a header, numbers, and the rest. */
export interface ArrayFile {
  readonly kind: 'npy' | 'wav' | 'png' | 'raw';
  readonly prefix: Uint8Array;
  readonly numbers: Uint8Array;
  readonly suffix: Uint8Array;
  readonly type: NumberCode;
  readonly bigEndian: boolean;
  /** The last axis changes fastest. */
  readonly shape: readonly number[];
  /** More of the file, for its structure. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

const npyTypes: Readonly<Record<string, NumberCode>> = {
  i1: 'i8',
  u1: 'u8',
  b1: 'u8',
  i2: 'i16',
  u2: 'u16',
  i4: 'i32',
  u4: 'u32',
  i8: 'i64',
  u8: 'u64',
  f4: 'f32',
  f8: 'f64',
};

const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

/** An array of NumPy. Undefined for types that are compressed byte by byte only. Errors: FormatError for damaged headers. */
function npyFile(bytes: Uint8Array): ArrayFile | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengthBytes = bytes[6] === 1 ? 2 : 4;
  if (bytes.length < 12) throw new FormatError('truncated', 'the .npy file ends in its header');
  const offset = 8 + lengthBytes + (lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (offset > bytes.length || offset > 65536) throw new FormatError('truncated', 'the .npy file ends in its header');
  const header = ascii(bytes, 8 + lengthBytes, offset);
  const descr = /'descr'\s*:\s*'([<>|=]?)([a-z]\d+)'/.exec(header);
  const isFortran = /'fortran_order'\s*:\s*True/.test(header);
  const sides = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  const type = npyTypes[descr?.[2] ?? ''];
  if (!descr || sides === undefined || !type) return undefined;
  const shape = sides.split(',').flatMap((side) => (side.trim() ? [Number.parseInt(side, 10)] : []));
  const size = shape.reduce((product, side) => product * side, 1) * bytesOf(type);
  if (!(size <= bytes.length - offset))
    throw new FormatError('truncated', `the .npy file has ${bytes.length - offset} of ${size} bytes of numbers`);
  return {
    kind: 'npy',
    prefix: bytes.subarray(0, offset),
    numbers: bytes.subarray(offset, offset + size),
    suffix: bytes.subarray(offset + size),
    type,
    bigEndian: descr[1] === '>',
    shape: isFortran ? shape.toReversed() : shape,
  };
}

function wavType(coding: number, bits: number): NumberCode | undefined {
  const integers: Readonly<Record<number, NumberCode>> = { 8: 'u8', 16: 'i16', 24: 'i24', 32: 'i32' };
  const floats: Readonly<Record<number, NumberCode>> = { 32: 'f32', 64: 'f64' };
  if (coding === 1) return integers[bits];
  return coding === 3 ? floats[bits] : undefined;
}

/** A recording. Undefined for codings that are compressed byte by byte only. */
function wavFile(bytes: Uint8Array): ArrayFile | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: { type: NumberCode; channels: number; rate: number } | undefined;
  for (let start = 12; start + 8 <= bytes.length; ) {
    const code = ascii(bytes, start, start + 4);
    const stated = view.getUint32(start + 4, true);
    const begin = start + 8;
    if (code === 'fmt ' && stated >= 16 && begin + 16 <= bytes.length) {
      const coding = view.getUint16(begin, true);
      const actual =
        coding === 0xfffe && stated >= 26 && begin + 26 <= bytes.length ? view.getUint16(begin + 24, true) : coding;
      const type = wavType(actual, view.getUint16(begin + 14, true));
      const channels = view.getUint16(begin + 2, true);
      const rate = view.getUint32(begin + 4, true);
      if (type && channels > 0) format = { type, channels, rate };
    }
    if (code === 'data' && format) {
      // Programs that write to a pipe state a length that is too large.
      const { type, channels, rate } = format;
      const frameBytes = channels * bytesOf(type);
      const frames = Math.floor(Math.min(stated, bytes.length - begin) / frameBytes);
      const end = begin + frames * frameBytes;
      return {
        kind: 'wav',
        prefix: bytes.subarray(0, begin),
        numbers: bytes.subarray(begin, end),
        suffix: bytes.subarray(end),
        type,
        bigEndian: false,
        shape: [frames, channels],
        extra: { rate },
      };
    }
    start = begin + stated + (stated % 2);
  }
  return undefined;
}

/** The array in the bytes of a file; undefined for other files. Errors: FormatError for damaged .npy files. */
export function arrayFileOf(bytes: Uint8Array): ArrayFile | undefined {
  const start = ascii(bytes, 0, 12);
  if (start.startsWith('\x93NUMPY')) return npyFile(bytes);
  return start.startsWith('RIFF') && start.endsWith('WAVE') ? wavFile(bytes) : undefined;
}

/** The form of numbers without a header. */
export interface RawFormat {
  readonly type: NumberCode;
  /** Default false: the lowest byte first. */
  readonly bigEndian?: boolean;
  /** The last axis changes fastest. Default: one axis with all numbers. */
  readonly shape?: readonly number[];
}

/** Numbers without a header. Errors: RangeError for a shape of another size. */
export function rawFileOf(bytes: Uint8Array, { type, bigEndian = false, shape }: RawFormat): ArrayFile {
  const size = bytesOf(type);
  const axes = shape ?? [Math.floor(bytes.length / size)];
  const needed = axes.reduce((product, side) => product * side, size);
  if (shape && needed !== bytes.length)
    throw new RangeError(`the shape [${shape.join(', ')}] needs ${needed} bytes, the file has ${bytes.length}`);
  const [numbers, suffix] = [bytes.subarray(0, needed), bytes.subarray(needed)];
  return { kind: 'raw', prefix: bytes.subarray(0, 0), numbers, suffix, type, bigEndian, shape: axes };
}
