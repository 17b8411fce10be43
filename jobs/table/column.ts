// A column of a table: its cells, and the numbers or times that they hold.

import { countDecimals, type NumberFormat, type NumberNotation, parseNumber } from './number-text.ts';
import { detectTimePattern, type TimeFormat } from './time-text.ts';

interface ColumnBase {
  /** Name for people: that of the header, made unique, or `column 3`. */
  readonly name: string;
  /** Cells as they are in the file, one for each row. */
  readonly cells: readonly string[];
  /** Number of cells that are empty or say that a value is missing. */
  readonly missing: number;
}

export interface NumberColumn extends ColumnBase {
  readonly kind: 'number';
  /** One for each row; NaN where the cell holds no number. */
  readonly values: Float64Array<ArrayBuffer>;
  readonly format: NumberFormat;
  /** Number of cells that are neither numbers nor missing. */
  readonly texts: number;
  /** A number that probably stands for a missing value, such as -200 among temperatures. `values` contains this number. */
  readonly missingCode?: number;
}

export interface TimeColumn extends ColumnBase {
  readonly kind: 'time';
  /** Milliseconds from 1970-01-01 UTC, or from midnight, for each row; NaN where the cell holds no time. Zones are not applied. */
  readonly values: Float64Array<ArrayBuffer>;
  readonly format: TimeFormat;
  /** Milliseconds between two rows where every step is the same. */
  readonly step?: number;
}

export interface TextColumn extends ColumnBase {
  readonly kind: 'text';
  /** The different cells, in the order of their first occurrence. */
  readonly dictionary: readonly string[];
}

/** A column whose cells are all missing. */
export interface EmptyColumn extends ColumnBase {
  readonly kind: 'empty';
}

export type Column = NumberColumn | TimeColumn | TextColumn | EmptyColumn;

/** Cells that say that a value is missing. */
const missingWords: ReadonlySet<string> = new Set([
  '',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  'NaN',
  'nan',
  'NAN',
  '-nan',
  'null',
  'NULL',
  'Null',
  'None',
  'none',
  'nil',
  '-',
  '--',
  '?',
  '.',
]);

/** Whether a cell says that its value is missing. */
export const isMissing = (cell: string): boolean => missingWords.has(cell) || missingWords.has(cell.trim());

/** Maximum number of cells by which the notation of numbers is chosen. */
const TRIAL_CELLS = 2000;
/** A column of numbers has at least this share of numbers among the cells that are not missing. */
const MIN_NUMBERS = 0.8;

/** Notations of numbers, the preferred ones first. */
const notations = ({ decimalMark }: NumberNotation): NumberNotation[] => {
  const otherMark = decimalMark === '.' ? ',' : '.';
  return [
    { decimalMark, grouped: false },
    { decimalMark, grouped: true },
    { decimalMark: otherMark, grouped: false },
    { decimalMark: otherMark, grouped: true },
  ];
};

/** The notation in which most cells are numbers. */
function detectNotation(
  cells: readonly string[],
  preferred: NumberNotation,
): { notation: NumberNotation; share: number } {
  let best = { notation: preferred, share: 0 };
  for (const notation of notations(preferred)) {
    let numbers = 0;
    for (const cell of cells) if (!Number.isNaN(parseNumber(cell, notation))) numbers++;
    const share = numbers / Math.max(1, cells.length);
    if (share > best.share) best = { notation, share };
  }
  return best;
}

/**
 * A number that stands for missing values: the smallest or the largest, three times or more, and either farther from the others than
 * these are from each other, or the only negative number.
 */
function detectMissingCode(values: Float64Array): number | undefined {
  const numbers = values.filter((value) => !Number.isNaN(value));
  if (numbers.length < 20) return undefined;
  numbers.sort();
  const isCode = (code: number, other: number, othersRange: number, count: number): boolean =>
    Number.isInteger(code) &&
    count >= Math.max(3, numbers.length / 1000) &&
    count < numbers.length &&
    Math.abs(other - code) >= 10 &&
    (Math.abs(other - code) > othersRange || (code < 0 && other >= 0));
  const low = numbers[0]!;
  const high = numbers.at(-1)!;
  const lowCount = numbers.lastIndexOf(low) + 1;
  const nextLow = numbers[lowCount] ?? low;
  if (isCode(low, nextLow, high - nextLow, lowCount)) return low;
  const highCount = numbers.length - numbers.indexOf(high);
  const nextHigh = numbers[numbers.length - highCount - 1] ?? high;
  return isCode(high, nextHigh, nextHigh - low, highCount) ? high : undefined;
}

function numberColumn(base: ColumnBase, notation: NumberNotation): NumberColumn {
  const { cells } = base;
  let texts = 0;
  const values = Float64Array.from(cells, (cell) => {
    const value = parseNumber(cell, notation);
    if (Number.isNaN(value) && !isMissing(cell)) texts++;
    return value;
  });
  const missingCode = detectMissingCode(values);
  let decimals = 0;
  let minDecimals = Infinity;
  for (const [row, value] of values.entries()) {
    // A code for missing values is often written with fewer decimals than the numbers.
    if (Number.isNaN(value) || value === missingCode) continue;
    const count = countDecimals(cells[row]!, notation.decimalMark);
    decimals = Math.max(decimals, count);
    minDecimals = Math.min(minDecimals, count);
  }
  const format = { ...notation, decimals, minDecimals: Math.min(minDecimals, decimals) };
  return { ...base, kind: 'number', values, format, texts, ...(missingCode !== undefined && { missingCode }) };
}

/** The step of a series whose steps are all the same. */
function regularStep(values: Float64Array): number | undefined {
  const step = values[1]! - values[0]!;
  if (!(step > 0)) return undefined;
  for (let i = 2; i < values.length; i++) if (values[i]! - values[i - 1]! !== step) return undefined;
  return step;
}

/** Recognizes the kind of the cells of a column. `preferred`: the notation of numbers in the other columns. */
export function readColumn(name: string, cells: readonly string[], preferred: NumberNotation): Column {
  const trial: string[] = [];
  let missing = 0;
  for (const cell of cells) {
    if (isMissing(cell)) missing++;
    else if (trial.length < TRIAL_CELLS) trial.push(cell);
  }
  const base = { name, cells, missing };
  if (missing === cells.length) return { ...base, kind: 'empty' };
  const { notation, share } = detectNotation(trial, preferred);
  if (share >= MIN_NUMBERS) {
    const column = numberColumn(base, notation);
    if (column.texts <= (1 - MIN_NUMBERS) * (cells.length - missing)) return column;
  }
  const pattern = detectTimePattern(trial);
  if (pattern) {
    const { unitMilliseconds } = pattern;
    const units = cells.map((cell) => pattern.parse(cell));
    const values = Float64Array.from(units, (unit) => unit * unitMilliseconds);
    const step = regularStep(values);
    const format = { pattern: pattern.pattern, unitMilliseconds };
    return { ...base, kind: 'time', values, format, ...(step !== undefined && { step }) };
  }
  return { ...base, kind: 'text', dictionary: [...new Set(cells)] };
}
