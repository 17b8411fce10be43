// JavaScript that restores the CSV file of a compressed table.

import type { Content } from '../compress/container.ts';
import type { Fields } from '../compress/fields.ts';
import { formatCsv } from '../table/csv.ts';
import { type QuoteStyle, quoteStyles } from '../table/format.ts';
import { columnKinds } from '../table/pack-columns.ts';
import { uniqueNames } from '../table/parse.ts';
import { readFormat } from '../table/structure.ts';
import { DataRanges } from './data-ranges.ts';
import { helpersFor } from './decompress-helpers.ts';
import { listLiteral } from './file-loop.ts';
import type { CodePart } from './module.ts';
import { quoted } from './quote.ts';
import { codecPart } from './stored-codec.ts';
import { numberText, timeText } from './text-expressions.ts';

/** More texts than this are too long for a list in code. */
const MAX_TEXTS = 32;

const cannot = (part: string): RangeError =>
  new RangeError(`no short JavaScript restores ${part}: use "isthmus decompress" without --code`);

/** Expressions for the integers of each series, and the lines that decode the codec. */
async function seriesCode({ structure, data }: Content, rows: number) {
  const series = structure.object('series');
  const ranges = new DataRanges(structure.integer('textBytes'));
  const list = series.objects('series');
  const width = list.filter((fields) => fields.text('store') === 'codec').length;
  let channel = 0;
  const expressions = list.map((fields) => {
    if (fields.text('store') === 'codec') {
      const low = fields.integer('low', -Number.MAX_SAFE_INTEGER);
      const call = `channel(${channel++}, ${low}, ${fields.integer('scale')})`;
      if (fields.integer('order') === 0) return call;
      return `sums([${fields.integer('first', -Number.MAX_SAFE_INTEGER)}, ...${call}.slice(1)], 1)`;
    }
    const { from, to } = ranges.next(fields.integer('bytes'));
    const call = `integers(${from}, ${to}, ${fields.integer('order')})`;
    const step = fields.has('step') ? fields.integer('step') : 1;
    return step === 1 ? call : `${call}.map((value) => ${step} * value)`;
  });
  const groups = series.objects('groups');
  if (groups.length > 1) throw cannot(`the ${width} columns of numbers, which more than one codec holds`);
  const [group] = groups;
  if (!group) return { expressions, parts: [] };
  const decode = await codecPart({ group, ranges, data, width, rows });
  const channelLines = [
    '/** The integers of a channel, one for each row. */',
    'const channel = (index, low, scale) =>',
    `  Array.from({ length: ${rows} }, (_, row) => low + scale * Math.round(values[row * ${width} + index]));`,
  ];
  return { expressions, parts: [decode, { imports: {}, lines: channelLines }] };
}

/** An expression for the cells of a column, without quotes. */
function columnExpression(column: Fields, name: string, series: readonly string[], texts: DataRanges): string {
  const kind = column.oneOf('kind', columnKinds);
  const seriesOf = (fields: Fields, key: string): string => series[fields.integer(key, 0, series.length - 1)]!;
  const textsOf = (key: string): string => {
    const { from, to } = texts.next(column.object(key).integer('bytes'));
    return `texts(${from}, ${to})`;
  };
  if (kind === 'text') {
    if (column.has('cells')) return textsOf('cells');
    return `lookUp(${seriesOf(column, 'codes')}, ${textsOf('dictionary')})`;
  }
  const print = kind === 'time' ? timeText(column.text('pattern')) : numberText(column.object('format'));
  const cells = `${seriesOf(column, 'values')}.map(${print})`;
  if (!column.has('exceptions')) return cells;
  const exceptions = column.object('exceptions');
  const list = exceptions.texts('texts');
  if (list.length > MAX_TEXTS)
    throw cannot(`column "${name}": it has ${list.length} different texts among its numbers`);
  return `replace(${cells}, ${seriesOf(exceptions, 'codes')}, ${listLiteral(list)})`;
}

/** The end of an expression that puts cells in quotes. */
function quotes(style: QuoteStyle, isText: boolean, hasQuotes: boolean): string {
  if (!hasQuotes) return '';
  if (style === 'all' || (style === 'texts' && isText)) return '.map(inQuotes)';
  return style === 'filled texts' && isText ? '.map((cell) => cell && inQuotes(cell))' : '.map(quote)';
}

/** Lines that restore the file in `data`, whose bytes are `restored`, and write it to `output`. Errors: RangeError. */
export async function tableParts(content: Content, restored: Uint8Array, output: string): Promise<CodePart[]> {
  const { structure } = content;
  const rows = structure.integer('rows');
  const format = readFormat(structure.object('format'), Number.MAX_SAFE_INTEGER);
  const { delimiter, lineEnd, header, encoding, byteOrderMark, emptyColumns, emptyRows, cellsOfEmptyRows } = format;
  if (format.raggedRows.length) throw cannot(`the ${format.raggedRows.length} rows that have another number of cells`);
  if (encoding === 'windows-1252' && restored.some((byte) => byte >= 0x80 && byte < 0xa0))
    throw cannot('the characters of windows-1252 that Latin-1 does not have');
  const style = structure.oneOf('quoteStyle', quoteStyles);
  const hasQuotes = restored.includes(34);
  const { expressions, parts } = await seriesCode(content, rows);
  const fields = structure.objects('columns');
  const names = uniqueNames(header, fields.length);
  const texts = new DataRanges();
  const columns = fields.flatMap((column, i) => {
    const isText = column.text('kind') === 'text';
    const cells = columnExpression(column, names[i]!, expressions, texts);
    return [`  // ${names[i]!.replace(/\s+/g, ' ')}`, `  ${cells}${quotes(style, isText, hasQuotes)},`];
  });
  if (emptyColumns) columns.push('  // columns without content');
  for (let i = 0; i < emptyColumns; i++)
    columns.push(`  new Array(${rows}).fill('')${quotes(style, false, hasQuotes)},`);
  const literal = (cells: readonly string[], inQuotes: boolean): string =>
    quoted(
      formatCsv(
        1,
        () => cells,
        { delimiter, lineEnd, finalLineEnd: false },
        () => inQuotes,
      ),
    );
  const lines = [
    ...(header ? [literal(header, style !== 'needed')] : []),
    '...rows',
    ...(emptyRows
      ? [`...new Array(${emptyRows}).fill(${literal(new Array(cellsOfEmptyRows).fill(''), style === 'all')})`]
      : []),
  ];
  const end = format.finalLineEnd ? ` + ${quoted(lineEnd)}` : '';
  const mark = byteOrderMark ? "'\\ufeff' + " : '';
  const encodings = { 'utf-8': 'utf8', 'utf-16le': 'utf16le', 'utf-16be': 'utf16le', 'windows-1252': 'latin1' };
  const swap = encoding === 'utf-16be' ? '.swap16()' : '';
  const writing = [
    'const columns = [',
    ...columns,
    '];',
    `const rows = Array.from({ length: ${rows} }, (_, row) => columns.map((column) => column[row]).join(${quoted(delimiter)}));`,
    `const text = ${mark}[${lines.join(', ')}].join(${quoted(lineEnd)})${end};`,
    `writeFileSync(${quoted(output)}, Buffer.from(text, '${encodings[encoding]}')${swap});`,
  ];
  const body: CodePart = { imports: { 'node:fs': ['writeFileSync'] }, lines: writing };
  return [...helpersFor(writing.join('\n'), delimiter), ...parts, body];
}
