// The IDX format of the MNIST files: two zero bytes, the type (8: unsigned byte), the number of axes, each axis as 32
// bits big-endian, then the data.

import { gunzipSync } from 'node:zlib';

export interface Idx {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Limit of an unpacked file: ten times the pixels of MNIST. A damaged gzip file can unpack to any size. */
const MAX_UNPACKED_BYTES = 480_000_000;

function unzip(name: string, file: Uint8Array): Uint8Array {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  try {
    return gunzipSync(file, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    throw new Error(`${name}: damaged gzip data (${(error as Error).message})`);
  }
}

/** Reads an IDX file of unsigned bytes, gzipped or not. Its errors begin with `name`. */
export function readIdx(name: string, file: Uint8Array): Idx {
  const bytes = unzip(name, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0 || bytes[2] !== 8) {
    const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new Error(`${name}: expected an IDX file of unsigned bytes (00 00 08 …), got ${start || 'no bytes'}`);
  }
  const axes = bytes[3]!;
  const headerBytes = 4 + 4 * axes;
  if (bytes.length < headerBytes) {
    throw new Error(`${name}: expected a header of ${headerBytes} bytes, got ${bytes.length}`);
  }
  const shape = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length - headerBytes !== size) {
    throw new Error(`${name}: expected ${size} bytes for [${shape.join(', ')}], got ${bytes.length - headerBytes}`);
  }
  return { shape, data: bytes.subarray(headerBytes) };
}

/** Writes an IDX file of unsigned bytes, for tests and for other images. */
export function writeIdx({ shape, data }: Idx): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((length, i) => {
    view.setUint32(4 + 4 * i, length);
  });
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}
