// Any compressed file to the bytes of the file that was compressed.

import { FormatError, type ProgressOptions } from 'isthmus';
import type { PictureData } from '../dataset.ts';
import { restoreTable } from '../table/compress.ts';
import { restoreArchive } from './archive.ts';
import { restoreArray } from './array.ts';
import { readContainer } from './container.ts';
import { type Kind, kinds } from './kinds.ts';
import { restorePicture } from './picture.ts';
import { restoreRaw } from './raw.ts';

/** A restored file: its bytes, or the pixels of a picture. */
export type Decompressed =
  | { readonly kind: Exclude<Kind, 'png'>; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'png'; readonly picture: PictureData };

async function restore(bytes: Uint8Array, options: ProgressOptions): Promise<Decompressed> {
  const content = readContainer(bytes);
  const kind = content.structure.oneOf('kind', kinds);
  switch (kind) {
    case 'csv':
      return { kind, bytes: await restoreTable(content, options) };
    case 'png':
      return { kind, picture: await restorePicture(content, options) };
    case 'npz':
      return { kind, bytes: await restoreArchive(content, restoreMember, options) };
    case 'bytes':
      return { kind, bytes: restoreRaw(content) };
    default:
      return { kind, bytes: await restoreArray(content, options) };
  }
}

/** A member of an archive: an array, or bytes. Archives in archives could have any depth. */
async function restoreMember(bytes: Uint8Array, options: ProgressOptions): Promise<Uint8Array> {
  const content = readContainer(bytes);
  return content.structure.oneOf('kind', ['npy', 'bytes']) === 'npy'
    ? await restoreArray(content, options)
    : restoreRaw(content);
}

/**
 * Restores the file in `bytes`. Checksums of the compressed and of the restored bytes are compared. Errors: FormatError for bytes
 * that are no such file, or that are damaged; the reason of the signal.
 */
export async function decompressFile(bytes: Uint8Array, options: ProgressOptions = {}): Promise<Decompressed> {
  options.signal?.throwIfAborted();
  try {
    return await restore(bytes, options);
  } catch (error) {
    // A structure whose checksum is right may still have been made to harm: its values contradict each other.
    if (error instanceof RangeError || error instanceof TypeError)
      throw new FormatError('corrupt', `the file is damaged: ${error.message}`);
    throw error;
  }
}
