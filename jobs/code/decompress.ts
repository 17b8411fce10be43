// JavaScript that opens a compressed file and restores the file that was compressed.

import { readContainer } from '../compress/container.ts';
import { decompressFile } from '../compress/decompress.ts';
import { kinds } from '../compress/kinds.ts';
import { arrayParts } from './decompress-array.ts';
import { tableParts } from './decompress-table.ts';
import { type CodePart, moduleText } from './module.ts';
import { quoted } from './quote.ts';

export interface DecompressCodeOptions {
  /** The compressed file. */
  readonly bytes: Uint8Array;
  /** The path of the compressed file. */
  readonly path: string;
  /** The path of the restored file. */
  readonly output: string;
}

/**
 * JavaScript for Node that restores this file by the API of `isthmus`. Errors: FormatError for bytes that are no compressed file or are
 * damaged; RangeError for a file with a part that short code cannot restore; the message names the part.
 */
export async function decompressCode({ bytes, path, output }: DecompressCodeOptions): Promise<string> {
  const restored = await decompressFile(bytes);
  const content = readContainer(bytes);
  const { structure } = content;
  const kind = structure.oneOf('kind', kinds);
  const opening: CodePart = {
    imports: { 'node:fs': ['readFileSync'], isthmus: ['readSafetensors'] },
    lines: [
      `// ${path.replace(/\s+/g, ' ')} is a .safetensors file. The positions of its parts are those of this file.`,
      `const { data } = readSafetensors(readFileSync(${quoted(path)})).tensors.data;`,
    ],
  };
  if (kind === 'npz')
    throw new RangeError('no short JavaScript restores an archive of arrays: compress each array as a .npy file');
  if (restored.kind === 'bytes') {
    const isDeflated = structure.boolean('deflated');
    const writing: CodePart = {
      imports: { 'node:fs': ['writeFileSync'], ...(isDeflated && { 'node:zlib': ['inflateRawSync'] }) },
      lines: [`writeFileSync(${quoted(output)}, ${isDeflated ? 'inflateRawSync(data)' : 'data'});`],
    };
    return moduleText([opening, writing]);
  }
  if (restored.kind === 'csv') return moduleText([opening, ...(await tableParts(content, restored.bytes, output))]);
  return moduleText([opening, ...(await arrayParts(content, output))]);
}
