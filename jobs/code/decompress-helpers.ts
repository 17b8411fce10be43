// Functions of the JavaScript that restores a table.

import type { Delimiter } from '../table/csv.ts';
import type { CodePart } from './module.ts';

const inflating = { 'node:zlib': ['inflateRawSync'] };

const sums: CodePart = {
  imports: {},
  lines: [
    '/** The sums of differences of neighbours, taken `order` times. */',
    'function sums(values, order) {',
    '  for (let round = 0; round < order; round++)',
    '    for (let i = 1; i < values.length; i++) values[i] += values[i - 1];',
    '  return values;',
    '}',
  ],
};

const integers: CodePart = {
  imports: inflating,
  lines: [
    '/** Integers with 7 bits a byte, the lowest first; odd integers stand for negative ones. */',
    'function integers(from, to, order) {',
    '  const values = [];',
    '  let value = 0;',
    '  let scale = 1;',
    '  for (const byte of inflateRawSync(data.subarray(from, to))) {',
    '    value += (byte % 128) * scale;',
    '    scale *= 128;',
    '    if (byte >= 128) continue;',
    '    values.push(value % 2 ? -(value + 1) / 2 : value / 2);',
    '    value = 0;',
    '    scale = 1;',
    '  }',
    '  return sums(values, order);',
    '}',
  ],
};

const texts: CodePart = {
  imports: inflating,
  lines: [
    '/** Texts, one a line; backslashes and line ends in them are escaped. */',
    'const texts = (from, to) =>',
    "  inflateRawSync(data.subarray(from, to)).toString().split('\\n').slice(0, -1)",
    "    .map((text) => text.replace(/\\\\(.)/g, (_, mark) => (mark === 'n' ? '\\n' : mark)));",
  ],
};

const lookUp: CodePart = {
  imports: {},
  lines: ['/** The text of each code. */', 'const lookUp = (codes, list) => codes.map((code) => list[code]);'],
};

const replace: CodePart = {
  imports: {},
  lines: [
    '/** Cells; a code above 0 replaces a cell by a text. */',
    'const replace = (cells, codes, list) => cells.map((cell, row) => (codes[row] ? list[codes[row] - 1] : cell));',
  ],
};

const inQuotes: CodePart = {
  imports: {},
  lines: [`const inQuotes = (cell) => '"' + cell.replaceAll('"', '""') + '"';`],
};

const quote = (delimiter: Delimiter): CodePart => ({
  imports: {},
  lines: [
    `const quote = (cell) => (/["\\r\\n${delimiter === '\t' ? '\\t' : delimiter}]/.test(cell) ? inQuotes(cell) : cell);`,
  ],
});

/** The functions that `code` calls, and those that they call. */
export function helpersFor(code: string, delimiter: Delimiter): CodePart[] {
  // `replace` is also a method of texts.
  const calls = (name: string): boolean => new RegExp(`(?<![.\\w])${name}\\(`).test(code);
  const needsQuotes = code.includes('.map(quote)');
  const parts: CodePart[] = [];
  if (calls('sums') || calls('integers')) parts.push(sums);
  if (calls('integers')) parts.push(integers);
  if (calls('texts')) parts.push(texts);
  if (calls('lookUp')) parts.push(lookUp);
  if (calls('replace')) parts.push(replace);
  if (needsQuotes || code.includes('inQuotes')) parts.push(inQuotes);
  if (needsQuotes) parts.push(quote(delimiter));
  return parts;
}
