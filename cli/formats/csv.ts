// Reads and writes CSV.

import type { TableColumn, TableData } from '../../jobs/dataset.ts';
import type { Column } from '../../jobs/table/column.ts';
import { readTable } from '../../jobs/table/parse.ts';

function columnOf(column: Column): TableColumn {
  const { name, cells: texts } = column;
  if (column.kind === 'text') return { name, texts };
  if (column.kind === 'time') return { name, texts, times: column.values };
  if (column.kind === 'empty') return { name, texts, numbers: new Float64Array(texts.length).fill(Number.NaN) };
  const { values: numbers, missingCode } = column;
  return { name, texts, numbers, ...(missingCode !== undefined && { missingCode }) };
}

/** Lines of numbers between blanks, as `numpy.savetxt` writes them. */
const blankSeparated = /^(?:[ \t]*[-+\d.][-+\d.eE]*(?:[ \t]+[-+\d.][-+\d.eE]*)+[ \t]*(?:\r?\n|$)){2}/;

/** Text of numbers between blanks with commas instead; undefined for other text. */
function withCommas(bytes: Uint8Array): string | undefined {
  const decoder = new TextDecoder();
  if (!blankSeparated.test(decoder.decode(bytes.subarray(0, 65536)))) return undefined;
  return decoder
    .decode(bytes)
    .replaceAll(/^[ \t]+|[ \t]+$/gm, '')
    .replaceAll(/[ \t]+/g, ',');
}

/** A table. Errors: FormatError for text that is no CSV. */
export function readCsv(bytes: Uint8Array): TableData {
  const { rowCount, columns, warnings } = readTable(withCommas(bytes) ?? bytes);
  return { kind: 'table', rowCount, columns: columns.map(columnOf), warnings };
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** CSV of float32 rows. Each number has as many digits as are needed to read the same float32 back. */
export function writeCsv(names: readonly string[], data: ArrayLike<number>): string {
  const lines = [names.map(quoted).join(',')];
  for (let start = 0; start < data.length; start += names.length) {
    const cells = names.map((_, column) => float32Text(data[start + column]!));
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** The shortest decimal text, of at most 9 digits, that is read as the same float32. */
export function float32Text(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return Number.isFinite(value) ? String(Number(value.toPrecision(9))) : '';
}
