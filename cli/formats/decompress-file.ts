// Files inside gzip, zlib and Zstandard, by the zlib of Node.

import * as zlib from 'node:zlib';
import { Failure } from '../errors.ts';
import { MAXIMUM_DECODED_BYTES, sizeText } from './limits.ts';

/** The content of a compressed file, with its name without the ending; other files as they are. Errors: Failure. */
export function decompressFile(bytes: Uint8Array, name: string): { readonly bytes: Uint8Array; readonly name: string } {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isZstd = bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
  if (!isGzip && !isZstd) return { bytes, name };
  const kind = isGzip ? 'gzip' : 'zstd';
  if (isZstd && !zlib.zstdDecompressSync)
    throw new Failure('this version of Node cannot read zstd: decompress the file');
  const options = { maxOutputLength: MAXIMUM_DECODED_BYTES - 1 };
  try {
    const content = isGzip ? zlib.gunzipSync(bytes, options) : zlib.zstdDecompressSync(bytes, options);
    return { bytes: content, name: name.replace(/\.(gz|zst)$/i, '') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new Failure(`the ${kind} file has more than ${sizeText(MAXIMUM_DECODED_BYTES)} of content: split it`);
    throw new Failure(`the ${kind} file is ${code === 'Z_BUF_ERROR' ? 'truncated' : 'damaged'}`);
  }
}
