// The IDX format of the MNIST files: two zero bytes, the type (8: unsigned byte), the number of axes, each
// axis as 32 bits big-endian, then the data.

import { gunzipSync } from 'node:zlib';

export interface Idx {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Ten times the pixels of MNIST. A gzipped file may claim to be anything. */
const MOST = 480_000_000;

function unzip(name: string, file: Uint8Array): Uint8Array {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  try {
    return gunzipSync(file, { maxOutputLength: MOST });
  } catch (error) {
    throw new Error(`${name}: damaged gzip data (${(error as Error).message})`);
  }
}

/** Reads an IDX file of unsigned bytes, gzipped or not. `name` stands in its errors. */
export function readIdx(name: string, file: Uint8Array): Idx {
  const bytes = unzip(name, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0 || bytes[2] !== 8) {
    const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new Error(`${name}: expected an IDX file of unsigned bytes (00 00 08 …), got ${start || 'no bytes'}`);
  }
  const axes = bytes[3]!;
  const start = 4 + 4 * axes;
  if (bytes.length < start) throw new Error(`${name}: expected a header of ${start} bytes, got ${bytes.length}`);
  const shape = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, side) => product * side, 1);
  if (bytes.length - start !== size) {
    throw new Error(`${name}: expected ${size} bytes for [${shape.join(', ')}], got ${bytes.length - start}`);
  }
  return { shape, data: bytes.subarray(start) };
}

/** The same format written: for tests, and for whoever brings other images. */
export function writeIdx({ shape, data }: Idx): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((side, i) => {
    view.setUint32(4 + 4 * i, side);
  });
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}
