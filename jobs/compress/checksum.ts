// CRC-32 of gzip and PNG (ISO 3309).

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** The checksum of the bytes, as eight hexadecimal digits. */
export function crc32(...parts: readonly Uint8Array[]): string {
  let rest = 0xffffffff;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) rest = (rest >>> 8) ^ table[(rest ^ part[i]!) & 255]!;
  }
  return ((rest ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}
