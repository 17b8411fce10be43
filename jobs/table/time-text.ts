// Times as a CSV file writes them: a pattern such as `YYYY-MM-DD hh:mm:ss`, and integers in the smallest unit of the pattern.

/** How the times of a column are written. */
export interface TimeFormat {
  /** YYYY, MM, DD, hh, mm, ss with zeros in front; M, D, h without; f for each digit of a second's fraction. */
  readonly pattern: string;
  /** Milliseconds of one unit of the integers: 86400000 for a date, 1 for three digits of fraction. */
  readonly unitMilliseconds: number;
}

/** Minimum and maximum number of digits of a field. */
const fieldDigits: Readonly<Record<string, readonly [number, number]>> = {
  YYYY: [4, 4],
  MM: [2, 2],
  DD: [2, 2],
  M: [1, 2],
  D: [1, 2],
  hh: [2, 2],
  h: [1, 2],
  mm: [2, 2],
  ss: [2, 2],
};

/** The fields of a pattern and the characters between them, in their order. */
export const timeFields = (pattern: string): string[] =>
  pattern.match(/YYYY|MM|DD|hh|mm|ss|f+|M|D|h|[^A-Za-z]|T|Z/g) ?? [];

const datePatterns = [
  'YYYY-MM-DD',
  'YYYY/MM/DD',
  'YYYY.MM.DD',
  'DD/MM/YYYY',
  'MM/DD/YYYY',
  'DD.MM.YYYY',
  'DD-MM-YYYY',
  'MM-DD-YYYY',
  'M/D/YYYY',
  'D/M/YYYY',
  'D.M.YYYY',
];
const clockPatterns = ['hh:mm:ss', 'hh:mm', 'hh.mm.ss', 'h:mm:ss', 'h:mm'];

/** A reader and writer of times in one pattern. */
export interface TimePattern extends TimeFormat {
  /** The time as an integer in units, from 1970-01-01 UTC or from midnight; NaN for other texts. */
  parse(text: string): number;
  /** The text of an integer. */
  format(units: number): string;
}

const DAY = 86_400_000;
const unitOf = (fields: readonly string[]): number => {
  const fraction = fields.find((field) => field.startsWith('f'));
  if (fraction) return 1000 / 10 ** fraction.length;
  if (fields.includes('ss')) return 1000;
  return fields.includes('mm') ? 60_000 : DAY;
};

/** Compiles a pattern. Undefined for a text that is no pattern. */
export function timePattern(pattern: string): TimePattern | undefined {
  const fields = timeFields(pattern);
  if (fields.join('') !== pattern || pattern.length > 40) return undefined;
  const isField = (field: string): boolean => field in fieldDigits || field.startsWith('f');
  const names = fields.filter(isField);
  if (names.length < 2 || new Set(names).size !== names.length) return undefined;
  const source = fields.map((field) => {
    if (field.startsWith('f')) return `(\\d{${field.length}})`;
    const digits = fieldDigits[field];
    if (digits) return `(\\d{${digits[0]},${digits[1]}})`;
    return field.replace(/[.+*?^$(){}[\]\\|/]/g, '\\$&');
  });
  const expression = new RegExp(`^${source.join('')}$`);
  const unitMilliseconds = unitOf(fields);
  const unitsPerSecond = Math.max(1, Math.round(1000 / unitMilliseconds));

  function parse(text: string): number {
    const match = expression.exec(text);
    if (!match) return Number.NaN;
    const parts: Record<string, number> = {};
    for (const [i, name] of names.entries()) parts[name.startsWith('f') ? 'f' : name] = Number(match[i + 1]);
    const { YYYY = 1970, hh = 0, h = hh, mm = 0, ss = 0, f = 0 } = parts;
    const month = parts.MM ?? parts.M ?? 1;
    const day = parts.DD ?? parts.D ?? 1;
    if (month < 1 || month > 12 || day < 1 || day > 31 || h > 24 || mm > 59 || ss > 60) return Number.NaN;
    // `Date.UTC` takes years below 100 as 19xx.
    const date = new Date(Date.UTC(2000, month - 1, day, h, mm, ss));
    date.setUTCFullYear(YYYY, month - 1, day);
    const milliseconds = date.getTime();
    if (date.getUTCDate() !== day) return Number.NaN;
    if (unitMilliseconds > 1000) return milliseconds / unitMilliseconds;
    return (milliseconds / 1000) * unitsPerSecond + f;
  }

  function format(units: number): string {
    const seconds = unitMilliseconds > 1000 ? units * (unitMilliseconds / 1000) : Math.floor(units / unitsPerSecond);
    const fraction = unitMilliseconds > 1000 ? 0 : units - seconds * unitsPerSecond;
    const date = new Date(seconds * 1000);
    if (Number.isNaN(date.getTime())) return '';
    const values: Record<string, number> = {
      YYYY: date.getUTCFullYear(),
      MM: date.getUTCMonth() + 1,
      M: date.getUTCMonth() + 1,
      DD: date.getUTCDate(),
      D: date.getUTCDate(),
      hh: date.getUTCHours(),
      h: date.getUTCHours(),
      mm: date.getUTCMinutes(),
      ss: date.getUTCSeconds(),
    };
    const texts = fields.map((field) => {
      if (field.startsWith('f')) return String(fraction).padStart(field.length, '0');
      const digits = fieldDigits[field];
      return digits ? String(values[field]).padStart(digits[0], '0') : field;
    });
    return texts.join('');
  }

  return { pattern, unitMilliseconds, parse, format };
}

/** Patterns that a text matches, the usual ones first. */
function patternsFor(text: string): TimePattern[] {
  const fraction = /[.,](\d{1,6})(?=$|Z|[+-]\d)/.exec(text.slice(8))?.[0] ?? '';
  const zone = /(?:Z|[+-]\d\d:?\d\d)$/.exec(text.slice(10))?.[0] ?? '';
  const found: TimePattern[] = [];
  const attempt = (pattern: string): void => {
    const compiled = timePattern(pattern);
    if (compiled && compiled.format(compiled.parse(text)) === text) found.push(compiled);
  };
  const fractionPattern = fraction && fraction[0] + 'f'.repeat(fraction.length - 1);
  for (const clock of clockPatterns) {
    attempt(clock);
    if (fractionPattern && clock.endsWith('ss')) attempt(clock + fractionPattern);
  }
  for (const date of datePatterns) {
    attempt(date);
    for (const separator of [' ', 'T']) {
      for (const clock of clockPatterns) {
        attempt(date + separator + clock + zone);
        if (fractionPattern && clock.endsWith('ss')) attempt(date + separator + clock + fractionPattern + zone);
      }
    }
  }
  return found;
}

/** How uneven the steps of a series are: the sum of the changes of its steps. */
function unevenness(values: readonly number[]): number {
  let sum = 0;
  for (let i = 2; i < values.length; i++) sum += Math.abs(values[i]! - 2 * values[i - 1]! + values[i - 2]!);
  return sum;
}

/** Maximum number of cells by which a pattern is chosen. */
const TRIAL_CELLS = 2000;

/**
 * The pattern in which nearly all cells are written, to the character; undefined if none is. Of days before months and months before days
 * the one with the more even steps is chosen. `cells` has no missing ones.
 */
export function detectTimePattern(cells: readonly string[]): TimePattern | undefined {
  const trial = cells.slice(0, TRIAL_CELLS);
  const first = trial[0];
  if (first === undefined || !/^\d{1,4}[-/.:]\d/.test(first)) return undefined;
  let best: { pattern: TimePattern; faults: number; unevenness: number } | undefined;
  for (const pattern of patternsFor(first)) {
    const values = trial.map((cell) => pattern.parse(cell));
    const valid = values.filter((value, i) => pattern.format(value) === trial[i]);
    const candidate = { pattern, faults: trial.length - valid.length, unevenness: unevenness(valid) };
    const isBetter =
      !best ||
      candidate.faults < best.faults ||
      (candidate.faults === best.faults && candidate.unevenness < best.unevenness);
    if (isBetter) best = candidate;
  }
  return best && best.faults * 20 <= trial.length ? best.pattern : undefined;
}
