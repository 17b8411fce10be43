// Numbers as a CSV file writes them: decimal mark, thousands separators, decimals.

export type DecimalMark = '.' | ',';

/** How the numbers of a column are written. */
export interface NumberFormat {
  readonly decimalMark: DecimalMark;
  /** Every three digits of the integer part are separated by the mark that is not the decimal mark. */
  readonly grouped: boolean;
  /** Largest number of decimals of any number. */
  readonly decimals: number;
  /** Decimals that are written even where they are zeros at the end. */
  readonly minDecimals: number;
}

const plain = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?$/;
const grouped: Readonly<Record<DecimalMark, RegExp>> = {
  '.': /^[+-]?\d{1,3}(?:,\d{3})*(?:\.\d+)?$/,
  ',': /^[+-]?\d{1,3}(?:\.\d{3})*(?:,\d+)?$/,
};
/** Digits after a leading zero: an identifier such as a postal code, whose zeros a number would lose. */
const identifier = /^[+-]?0\d/;

export type NumberNotation = Pick<NumberFormat, 'decimalMark' | 'grouped'>;

/** The number that a cell holds, in this notation; NaN for other texts and for numbers beyond float64. */
export function parseNumber(text: string, { decimalMark, grouped: isGrouped }: NumberNotation): number {
  const trimmed = text.trim();
  if (identifier.test(trimmed)) return Number.NaN;
  let digits = trimmed;
  if (isGrouped) {
    if (!grouped[decimalMark].test(trimmed)) return Number.NaN;
    digits = trimmed.replaceAll(decimalMark === '.' ? ',' : '.', '');
  } else if (!plain.test(trimmed)) return Number.NaN;
  if (decimalMark === ',') {
    if (digits.includes('.')) return Number.NaN;
    digits = digits.replace(',', '.');
  } else if (digits.includes(',')) return Number.NaN;
  const value = Number(digits);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Decimals of the number in a cell: of `1.50` 2, of `1.5e-3` 4, of `12e3` 0. */
export function countDecimals(text: string, decimalMark: DecimalMark): number {
  const trimmed = text.trim();
  const exponentAt = trimmed.search(/[eE]/);
  const mantissa = exponentAt < 0 ? trimmed : trimmed.slice(0, exponentAt);
  const exponent = exponentAt < 0 ? 0 : Number(trimmed.slice(exponentAt + 1));
  const markAt = mantissa.indexOf(decimalMark);
  const decimals = markAt < 0 ? 0 : mantissa.length - markAt - 1;
  return Math.max(0, decimals - exponent);
}

/** The text of units · 10^-decimals. `units`: an integer within ± 2^53. */
export function formatNumber(
  units: number,
  { decimalMark, grouped: isGrouped, decimals, minDecimals }: NumberFormat,
): string {
  const sign = units < 0 ? '-' : '';
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  const integerEnd = digits.length - decimals;
  let fraction = digits.slice(integerEnd);
  let length = fraction.length;
  while (length > minDecimals && fraction[length - 1] === '0') length--;
  fraction = fraction.slice(0, length);
  let integer = digits.slice(0, integerEnd);
  if (isGrouped && integer.length > 3) integer = integer.replace(/\B(?=(?:\d{3})+$)/g, decimalMark === '.' ? ',' : '.');
  return sign + integer + (fraction ? decimalMark + fraction : '');
}
