// JavaScript that reads the bytes of files in a loop.

import type { CodePart } from './module.ts';
import { quoted } from './quote.ts';

/** Files with data of any format. */
export interface Source {
  readonly files: readonly string[];
  readonly gzip: boolean;
  /** Shape of one sample. */
  readonly shape: readonly number[];
  /** Points between the starts of two windows; undefined where samples are no windows of a series. */
  readonly stride?: number;
}

/** A list of texts as a literal. */
export const listLiteral = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`;

/** The bytes of each file, as `bytes`, in a loop. */
export function fileLoop({ files, gzip }: Source, body: readonly string[]): CodePart {
  const read = gzip ? 'gunzipSync(await readFile(file))' : 'await readFile(file)';
  return {
    imports: { 'node:fs/promises': ['readFile'], ...(gzip && { 'node:zlib': ['gunzipSync'] }) },
    lines: [
      'const samples = [];',
      `for (const file of ${listLiteral(files)}) {`,
      `  const bytes = ${read};`,
      ...body.map((line) => `  ${line}`),
      '}',
    ],
  };
}
