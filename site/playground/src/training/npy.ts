// Data as a file of NumPy, for the lines of code and the command that train on the same samples.

/** The bytes of a `.npy` file of version 1.0. `shape`: all axes. */
export function npyBytes(values: Uint8Array | Float32Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const type = values instanceof Uint8Array ? '|u1' : '<f4';
  const description = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  // The numbers begin at a multiple of 64 bytes, after a line end.
  const header = `${description.padEnd(64 * Math.ceil((description.length + 11) / 64) - 11)}\n`;
  const start = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8];
  const bytes = new Uint8Array(start.length + header.length + values.byteLength);
  bytes.set(start);
  bytes.set(new TextEncoder().encode(header), start.length);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start.length + header.length);
  return bytes;
}
