// Any compressed file to the bytes of the file that was compressed.

import { FormatError, type ProgressOptions } from 'isthmus';
import { restoreTable } from '../table/compress.ts';
import { readContainer } from './container.ts';
import { type Kind, kinds } from './kinds.ts';
import { restoreRaw } from './raw.ts';

export interface Decompressed {
  readonly kind: Kind;
  /** The bytes of the restored file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Restores the file in `bytes`. Checksums of the compressed and of the restored bytes are compared. Errors: FormatError for bytes that are no such
 * file, or that are damaged; the reason of the signal.
 */
export async function decompressFile(bytes: Uint8Array, options: ProgressOptions = {}): Promise<Decompressed> {
  options.signal?.throwIfAborted();
  const content = readContainer(bytes);
  const kind = content.structure.oneOf('kind', kinds);
  try {
    return { kind, bytes: kind === 'csv' ? await restoreTable(content, options) : restoreRaw(content) };
  } catch (error) {
    // A structure whose checksum is right may still have been made to harm: its values contradict each other.
    if (error instanceof RangeError || error instanceof TypeError)
      throw new FormatError('corrupt', `the file is damaged: ${error.message}`);
    throw error;
  }
}
