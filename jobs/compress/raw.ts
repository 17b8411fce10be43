// Bytes that are only deflated: the fallback that is never much larger than its input.

import { FormatError } from 'isthmus';
import { crc32 } from './checksum.ts';
import { ChunkReader, deflate } from './chunks.ts';
import { type Content, writeContainer } from './container.ts';

/** A file with the deflated bytes, or with the bytes as they are where deflating makes them larger. */
export function packRaw(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = deflate(bytes);
  const isDeflated = packed.length < bytes.length;
  const output = { bytes: bytes.length, crc32: crc32(bytes) };
  return writeContainer({ kind: 'bytes', deflated: isDeflated, output }, isDeflated ? packed : bytes);
}

/** Errors: FormatError. */
export function restoreRaw({ structure, data }: Content): Uint8Array<ArrayBuffer> {
  const output = structure.object('output');
  const size = output.integer('bytes');
  const chunks = new ChunkReader(data);
  const bytes = structure.boolean('deflated') ? chunks.inflate({ bytes: data.length, size }) : data.slice();
  if (bytes.length !== size || crc32(bytes) !== output.text('crc32'))
    throw new FormatError('corrupt', 'the restored bytes differ from those that were compressed');
  return bytes;
}
