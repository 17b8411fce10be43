// `isthmus detect --code`.

import { type DetectSettings, detectCode } from '../../jobs/code/detect.ts';
import { FALSE_ALARMS, windowFor } from '../../jobs/series/index.ts';
import { readTable, type Table } from '../../jobs/table/parse.ts';
import { Failure } from '../errors.ts';
import { readBytes } from '../input.ts';
import type { DetectOptions } from './job.ts';
import { readSeries, type SeriesFile } from './read.ts';

/** The columns with these names. Errors: RangeError for a name that no number column has. */
function columnsOf(table: Table, names: readonly string[]): DetectSettings['columns'] {
  return names.map((name) => {
    const index = table.columns.findIndex((column) => column.name === name && column.kind === 'number');
    const column = table.columns[index];
    if (column?.kind !== 'number') throw new RangeError(`"columns" expected names of number columns, got "${name}"`);
    return { index, ...(column.missingCode !== undefined && { missingCode: column.missingCode }) };
  });
}

/** The names that `--columns` lists, or all. */
const chosenNames = (list: string | undefined, { series }: SeriesFile): string[] =>
  list?.split(',').map((name) => name.trim()) ?? series.columns.map(({ name }) => name);

/** JavaScript that does the same for a CSV file. */
export async function detectCodeFor(path: string, options: DetectOptions): Promise<string> {
  const { rows, time, array, seed } = options;
  if (path === '-') throw new Failure('--code needs the name of a file');
  const file = await readSeries(path, { rows, time, array });
  if (file.format !== 'csv' || /\.gz$/i.test(path)) throw new Failure('--code needs a CSV file');
  const table = readTable(await readBytes(path));
  const names = chosenNames(options.columns, file);
  const watched = { ...file.series, columns: file.series.columns.filter(({ name }) => names.includes(name)) };
  return detectCode({
    file: path,
    rows,
    columns: columnsOf(table, names),
    timeIndices: file.timeColumns.map((name) => table.columns.findIndex((column) => column.name === name)),
    delimiter: table.format.delimiter,
    quotes: table.text.includes('"'),
    hasHeader: table.format.header !== undefined,
    decimalComma: table.columns.some((column) => column.kind === 'number' && column.format.decimalMark === ','),
    window: rows ? 1 : (options.window ?? windowFor(watched)),
    falseAlarms: options.falseAlarms ?? FALSE_ALARMS[rows ? 'rows' : 'series'],
    seed,
  });
}
