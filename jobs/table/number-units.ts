// A column of numbers as integers: units of its last decimal, with a tolerance that keeps a bound on the printed numbers.

import { isMissing, type NumberColumn } from './column.ts';
import { formatNumber, type NumberFormat } from './number-text.ts';

/** Cells that are stored as texts, beside the numbers of a column. */
export interface Exceptions {
  /** For each row: 0 for a number, i + 1 for the text with index i. */
  readonly codes: Float64Array<ArrayBuffer>;
  readonly texts: readonly string[];
}

export interface NumberUnits {
  /** Integers, one for each row. The number of a row is units · 10^-decimals. Rows without a number repeat the one above. */
  readonly units: Float64Array<ArrayBuffer>;
  /** Largest error of a unit: an integer, 0 for exact units. */
  readonly tolerance: number;
  /** How the numbers are printed. */
  readonly format: NumberFormat;
  readonly exceptions: Exceptions;
}

/** Units beyond this would be rounded in float64 when they are made from numbers. */
const MAX_UNITS = 2 ** 50;
/** More decimals than this have no exact power of ten in float64. */
const MAX_DECIMALS = 22;
/** A column with more different exceptions is stored as text. */
const MAX_EXCEPTION_TEXTS = 4096;
/** A column with a larger share of different exceptions is stored as text. */
const MAX_EXCEPTION_SHARE = 0.2;

interface Resolution {
  readonly decimals: number;
  readonly tolerance: number;
}

/**
 * The tolerance in units of 10^-decimals that keeps `bound`: printed numbers, read as float64, differ by at most `bound` in float64
 * arithmetic. Negative if there is none. `isExact`: the numbers have no more decimals.
 */
function toleranceFor(bound: number, decimals: number, largest: number, isExact: boolean): number {
  if (bound === 0) return isExact ? 0 : -1;
  // Reading the two numbers and subtracting them rounds by half a unit in the last place of the largest, each; integers are exact.
  const rounding = isExact && decimals === 0 ? 0 : largest * 2 ** -51;
  const scale = 10 ** decimals;
  const steps = Math.max(0, bound - rounding) * scale - (isExact ? 0 : 0.5);
  const tolerance = Math.floor(Math.min(steps, MAX_UNITS));
  if (tolerance < 0) return -1;
  return tolerance > 0 && tolerance / scale + rounding > bound ? tolerance - 1 : tolerance;
}

/**
 * The number of decimals to print: the smallest whose tolerance, with the rounding of printing, leaves nearly all of the bound. One
 * decimal more than the column has is used only where it leaves much more of the bound: with numbers in steps of 0.01 and a bound of 0.01, which
 * float64 exceeds by 1e-17, three decimals leave ± 0.009 instead of ± 0.
 */
function chooseResolution(bound: number, decimals: number, largest: number): Resolution | undefined {
  let best: (Resolution & { width: number }) | undefined;
  for (let candidate = 0; candidate <= Math.min(decimals + 1, MAX_DECIMALS); candidate++) {
    if (largest * 10 ** candidate >= MAX_UNITS) break;
    if (bound === 0 && candidate !== decimals) continue;
    const tolerance = toleranceFor(bound, candidate, largest, candidate >= decimals);
    if (tolerance < 0) continue;
    const isLonger = candidate > decimals;
    const width = ((2 * tolerance + 1) / 10 ** candidate) * (isLonger ? 0.75 : 1);
    if (!best || width > best.width * 1.03) best = { decimals: candidate, tolerance, width };
  }
  return best;
}

/** The numbers of a column that units can hold. */
function largestNumber(column: NumberColumn): number {
  const { values, missingCode, format } = column;
  const limit = MAX_UNITS / 10 ** Math.min(format.decimals, 6);
  let largest = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (value !== missingCode && size < limit && size > largest) largest = size;
  }
  return largest;
}

/**
 * The units of a column. `bound`: largest absolute error of a number; `undefined`: the texts of all numbers come back to the
 * character. Cells without a number, with the code for missing values, or with a number that has no such units are exceptions, which
 * come back to the character. Undefined where most cells would be exceptions.
 */
export function numberUnits(column: NumberColumn, bound: number | undefined): NumberUnits | undefined {
  const { cells, values, missingCode } = column;
  const resolution = chooseResolution(bound ?? 0, column.format.decimals, largestNumber(column));
  if (!resolution) return undefined;
  const { decimals, tolerance } = resolution;
  const format = { ...column.format, decimals, minDecimals: Math.min(column.format.minDecimals, decimals) };
  const scale = 10 ** decimals;
  const units = new Float64Array(cells.length);
  const codes = new Float64Array(cells.length);
  const indices = new Map<string, number>();
  let last = 0;
  let firstNumber = -1;
  let unusual = 0;
  for (const [row, cell] of cells.entries()) {
    const value = values[row]!;
    const scaled = Math.round(value * scale);
    const isUnit = value !== missingCode && Math.abs(scaled) < MAX_UNITS;
    if (isUnit && (bound !== undefined || formatNumber(scaled, format) === cell)) {
      last = scaled + 0;
      if (firstNumber < 0) firstNumber = row;
    } else {
      const code = indices.get(cell) ?? indices.size + 1;
      indices.set(cell, code);
      codes[row] = code;
      if (value !== missingCode && !isMissing(cell)) unusual++;
    }
    units[row] = last;
  }
  units.fill(units[firstNumber] ?? 0, 0, Math.max(0, firstNumber));
  if (indices.size > MAX_EXCEPTION_TEXTS || unusual > MAX_EXCEPTION_SHARE * cells.length) return undefined;
  return { units, tolerance, format, exceptions: { codes, texts: [...indices.keys()] } };
}
