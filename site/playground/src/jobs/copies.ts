// The lines of JavaScript and the command line that do the same as a panel.

import { readCsv } from '../../../../cli/formats/csv.ts';
import { compressCode } from '../../../../jobs/code/compress.ts';
import { denoiseCode, denoiseCommand } from '../../../../jobs/code/denoise.ts';
import { detectCode, detectCommand } from '../../../../jobs/code/detect.ts';
import { shellQuoted } from '../../../../jobs/code/quote.ts';
import { FALSE_ALARMS, seriesOfTable, windowFor } from '../../../../jobs/series/index.ts';
import { resolveBounds, type TableBounds } from '../../../../jobs/table/bounds.ts';
import type { Table } from '../../../../jobs/table/parse.ts';
import type { CleanSettings, Copies, StrangeSettings } from './protocol.ts';

const decimalMarkOf = (table: Table): '.' | ',' =>
  table.columns.some((column) => column.kind === 'number' && column.format.decimalMark === ',') ? ',' : '.';

/** A bound as the value of an option: a number, or `name=number` for each column. */
function boundText(bound: number | Readonly<Record<string, number>>): string {
  if (typeof bound === 'number') return String(bound);
  return Object.entries(bound)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

function compressCommand(name: string, { maxError, relativeError }: TableBounds): string {
  const words = ['npx isthmus compress', shellQuoted(name)];
  if (maxError !== undefined) words.push('--max-error', shellQuoted(boundText(maxError)));
  else if (relativeError !== undefined) words.push('--relative-error', shellQuoted(boundText(relativeError)));
  else words.push('--lossless');
  return words.join(' ');
}

export function compressCopies(name: string, table: Table, bounds: TableBounds): Copies {
  const resolved = resolveBounds(table, bounds);
  const columns = table.columns.flatMap(({ name: column }, index) => {
    const maxError = resolved[index];
    return maxError === undefined ? [] : [{ name: column, index, maxError }];
  });
  const { delimiter, header } = table.format;
  const code = compressCode({
    path: name,
    delimiter,
    decimalMark: decimalMarkOf(table),
    header: header !== undefined,
    columns,
  });
  return { code: columns.length > 0 ? code : undefined, command: compressCommand(name, bounds) };
}

/** JavaScript and command for a photo in a PNG or JPEG file. */
export function cleanCopies(name: string, { sigma, strength }: CleanSettings): Copies {
  const output = `${name.replace(/\.\w+$/, '')}.clean.png`;
  const isJpeg = /\.jpe?g$/i.test(name);
  const code = denoiseCode({
    file: name,
    output,
    input: isJpeg ? 'jpeg' : 'png',
    channels: 3,
    bits: 8,
    quality: 95,
    strength,
    ...(sigma > 0 && { sigma }),
  });
  const command = denoiseCommand({ file: name, output, strength, ...(sigma > 0 && { sigma }) });
  return { code, command: `npx ${command}` };
}

export function strangeCopies(name: string, table: Table, bytes: Uint8Array, settings: StrangeSettings): Copies {
  const { rows, columns: names, window, falseAlarms, seed } = settings;
  const { series, timeColumns } = seriesOfTable(readCsv(bytes), { rows });
  const watched = series.columns.filter((column) => names.length === 0 || names.includes(column.name));
  const indexOf = (column: string): number => table.columns.findIndex((candidate) => candidate.name === column);
  const code = detectCode({
    file: name,
    rows,
    columns: watched.map((column) => {
      const found = table.columns[indexOf(column.name)];
      const missingCode = found?.kind === 'number' ? found.missingCode : undefined;
      return { index: indexOf(column.name), ...(missingCode !== undefined && { missingCode }) };
    }),
    timeIndices: timeColumns.map(indexOf),
    delimiter: table.format.delimiter,
    quotes: table.text.includes('"'),
    hasHeader: table.format.header !== undefined,
    decimalComma: decimalMarkOf(table) === ',',
    window: rows ? 1 : window || windowFor({ ...series, columns: watched }),
    falseAlarms: falseAlarms || FALSE_ALARMS[rows ? 'rows' : 'series'],
    seed,
  });
  const command = detectCommand({
    file: name,
    ...(rows && { rows }),
    ...(names.length > 0 && { columns: names }),
    ...(window > 0 && !rows && { window }),
    ...(falseAlarms > 0 && { falseAlarms }),
    ...(seed !== 1 && { seed }),
  });
  return { code, command: `npx ${command}` };
}
