// JavaScript that compresses the numbers of a table as `isthmus compress` does, and the command itself.

import type { TableBounds } from '../table/bounds.ts';
import type { Delimiter } from '../table/csv.ts';
import type { DecimalMark } from '../table/number-text.ts';

/** A column of numbers with a bound. */
export interface CodeColumn {
  readonly name: string;
  /** Position in the row, from 0. */
  readonly index: number;
  /** Largest absolute error, above 0. */
  readonly maxError: number;
}

export interface CompressCodeOptions {
  /** The path of the CSV file. */
  readonly path: string;
  readonly delimiter: Delimiter;
  readonly decimalMark: DecimalMark;
  readonly header: boolean;
  /** At least one. */
  readonly columns: readonly CodeColumn[];
  /** The bounds are below half of the last decimal: rounded to its decimals, each number is restored exactly. Default false. */
  readonly exact?: boolean;
}

const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** JavaScript for Node that compresses the columns of numbers by the API of `isthmus`, restores them and prints sizes and errors. */
export function compressCode({
  path,
  delimiter,
  decimalMark,
  header,
  columns,
  exact = false,
}: CompressCodeOptions): string {
  const number = decimalMark === ',' ? "cells[column].replace(',', '.')" : 'cells[column]';
  const skipHeader = header ? '.slice(1)' : '';
  const list = (items: readonly unknown[]): string => `[${items.join(', ')}]`;
  return `import { readFileSync, writeFileSync } from 'node:fs';
import { activation, autoencoder, createCodec } from 'isthmus';

// The columns ${columns.map(({ name }) => name.replaceAll('\n', ' ')).join(', ')}. A gap repeats the number above it.
const columns = ${list(columns.map(({ index }) => index))};
const lines = readFileSync(${quoted(path)}, 'utf8').split(/\\r?\\n/)${skipHeader}.filter((line) => line.trim());
const last = columns.map(() => 0);
const rows = lines.map((line) => {
  const cells = line.split(${quoted(delimiter)});
  return columns.map((column, i) => {
    const value = Number.parseFloat(${number});
    if (Number.isFinite(value)) last[i] = value;
    return last[i];
  });
});
const x = Float32Array.from(rows.flat());

// A model without weights: the predictors of the codec predict each number from its neighbours.
const model = await autoencoder(
  { input: [columns.length], encoder: [activation({ activation: 'linear' })], decoder: [] },
  { seed: 1 },
);
${exact ? '// Below half of the last decimal: rounded to its decimals, each number is restored exactly.\n' : ''}const codec = await createCodec(model, x.slice(0, columns.length), {
  maxError: ${list(columns.map(({ maxError }) => maxError))},
});
const bytes = codec.compress(x);
writeFileSync(${quoted(`${path}.codec`)}, codec.save());
writeFileSync(${quoted(`${path}.bin`)}, bytes);

const restored = codec.decompress(bytes);
const errors = columns.map((_, i) =>
  rows.reduce((max, row, n) => Math.max(max, Math.abs(x[n * columns.length + i] - restored[n * columns.length + i])), 0),
);
console.log(\`\${x.length} numbers, \${bytes.length} bytes, largest errors \${errors.join(', ')}\`);
`;
}

/** A word of a command line for a POSIX shell. */
const shellWord = (text: string): string =>
  /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The command that compresses a file with these bounds: a number for all columns, or numbers by the name of the column; without
 * bounds, without an error.
 */
export function compressCommand(
  path: string,
  { maxError, relativeError }: Pick<TableBounds, 'maxError' | 'relativeError'>,
): string {
  const words = ['npx', 'isthmus', 'compress', path];
  const bound = maxError ?? relativeError;
  if (bound !== undefined) {
    const text = typeof bound === 'number' ? bound : Object.entries(bound).map(([name, value]) => `${name}=${value}`);
    words.push(maxError === undefined ? '--relative-error' : '--max-error', String(text));
  }
  return words.map(shellWord).join(' ');
}
