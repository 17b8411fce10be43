// Archives of NumPy arrays (.npz): each array is one compressed file.

import { unzipSync, type Zippable, zipSync } from 'fflate';
import { FormatError, type ProgressOptions } from 'isthmus';
import { ChunkReader, ChunkWriter } from './chunks.ts';
import { type Content, writeContainer } from './container.ts';

/** The largest archive, in bytes of its members. */
const MAX_BYTES = 2 ** 30;
/** The date of restored members: the earliest that a zip archive can state, so that results do not depend on the clock. */
const DATE = '1980-01-02';

/** The members of an archive by name. Errors: FormatError. */
export function readArchive(bytes: Uint8Array): Record<string, Uint8Array> {
  let size = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize }) => {
        size += originalSize;
        if (size > MAX_BYTES) throw new FormatError('limit', `the archive has more than ${MAX_BYTES} bytes`);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError('corrupt', `the .npz archive is damaged: ${(error as Error).message}`);
  }
}

/** A compressed archive of compressed members. */
export function packArchive(
  members: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Uint8Array<ArrayBuffer> {
  const chunks = new ChunkWriter();
  const list = members.map(({ name, bytes }) => ({ name, bytes: chunks.add(bytes) }));
  return writeContainer({ kind: 'npz', members: list }, chunks.join());
}

/** The archive again. `restore`: the bytes of a member from its compressed file. Errors: FormatError. */
export async function restoreArchive(
  { structure, data }: Content,
  restore: (bytes: Uint8Array, options: ProgressOptions) => Promise<Uint8Array>,
  options: ProgressOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks = new ChunkReader(data);
  const files: Zippable = Object.create(null);
  for (const member of structure.objects('members')) {
    const bytes = await restore(chunks.take(member.integer('bytes')), options.signal ? { signal: options.signal } : {});
    files[member.text('name')] = [bytes as Uint8Array<ArrayBuffer>, { level: 6, mtime: DATE }];
  }
  return new Uint8Array(zipSync(files));
}
