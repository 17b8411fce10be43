// Checks of arguments and options of the public API. Internal code trusts values that have passed them.

import { wrongType, wrongValue } from './errors.ts';

/** Returns a valid value, perhaps converted. Errors: TypeError or RangeError that calls the value `name`. */
export type Check<T = unknown> = (name: string, value: unknown) => T;
export type Checks = Record<string, Check>;
export type Checked<C extends Checks> = { [Key in keyof C]: ReturnType<C[Key]> };

/** An integer within low..high. */
export function integer(name: string, value: unknown, low: number, high: number): number {
  const expected = `integer ${low}..${high}`;
  if (typeof value !== 'number') throw wrongType(name, expected, value);
  if (!Number.isInteger(value) || value < low || value > high) throw wrongValue(name, expected, value);
  return value;
}

export const integerWithin =
  (low: number, high: number): Check<number> =>
  (name, value) =>
    integer(name, value, low, high);

/** A finite number that fulfils `predicate`. `expected`: the predicate in words, for the error. */
export function number(name: string, value: unknown, expected: string, predicate: (value: number) => boolean): number {
  if (typeof value !== 'number') throw wrongType(name, expected, value);
  if (!Number.isFinite(value) || !predicate(value)) throw wrongValue(name, expected, value);
  return value;
}

export const nonNegative = (name: string, value: unknown): number =>
  number(name, value, 'a number of at least 0', (v) => v >= 0);

export const positive = (name: string, value: unknown): number => number(name, value, 'a number above 0', (v) => v > 0);

/** A number of bytes, or `Infinity` for no limit. */
export const byteCount: Check<number> = (name, value) => (value === Infinity ? value : nonNegative(name, value));

/** A number in [0, 1). */
export const halfOpenUnitInterval = (name: string, value: unknown): number =>
  number(name, value, 'a number in [0, 1)', (v) => v >= 0 && v < 1);

/** A number in (0, 1). */
export const openUnitInterval = (name: string, value: unknown): number =>
  number(name, value, 'a number in (0, 1)', (v) => v > 0 && v < 1);

/** A seed of the random generator: integer 0..2^53-1. */
export const validSeed: Check<number> = (name, value) => integer(name, value, 0, Number.MAX_SAFE_INTEGER);

/** One of the given strings. */
export const choice =
  <const T extends string>(...choices: T[]): Check<T> =>
  (name, value) => {
    const expected = `one of ${choices.join(', ')}`;
    if (typeof value !== 'string') throw wrongType(name, expected, value);
    if (!choices.includes(value as T)) throw wrongValue(name, expected, value);
    return value as T;
  };

/** One of the keys of `table`. */
export const keyOf = <T extends object>(table: T) => choice(...(Object.keys(table) as (keyof T & string)[]));

export function boolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrongType(name, 'a boolean', value);
  return value;
}

export function callback(name: string, value: unknown): unknown {
  if (typeof value !== 'function') throw wrongType(name, 'a function', value);
  return value;
}

/** An AbortSignal of any realm. */
export function signal(name: string, value: unknown): unknown {
  if (typeof (value as AbortSignal)?.throwIfAborted !== 'function') throw wrongType(name, 'an AbortSignal', value);
  return value;
}

/** No check here: the value is checked elsewhere. */
export const unchecked: Check = (_, value) => value;

/** Accepts undefined too, and returns `otherwise` for it. */
export function optional<T>(check: Check<T>): Check<T | undefined>;
export function optional<T>(check: Check<T>, otherwise: T): Check<T>;
export function optional<T>(check: Check<T>, otherwise?: T): Check<T | undefined> {
  return (name, value) => (value === undefined ? otherwise : check(name, value));
}

/**
 * The known name that shares the longest prefix with `key`, ignoring case and underscores, if that prefix is at least half of
 * `key` and has 3 characters.
 */
function nearest(key: string, known: readonly string[]): string | undefined {
  const normalize = (name: string): string => name.replace(/_/g, '').toLowerCase();
  const wanted = normalize(key);
  let match: string | undefined;
  for (let n = wanted.length; !match && n > 2 && n > wanted.length / 2 - 1; n--) {
    match = known.find((name) => normalize(name).startsWith(wanted.slice(0, n)));
  }
  return match;
}

/** An object whose keys are all in `known`. A misspelled option is an error that suggests the nearest name. */
export function plainObject<T extends object>(name: string, value: unknown, known: readonly string[]): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    const hint = known.includes('targets') ? ', such as { targets }' : '';
    throw wrongType(name, `an object${hint}`, value);
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = known.length > 3 && nearest(key, known);
    const names = near ? `${near} (did you mean that?) and ${known.length - 1} more` : known.join(', ');
    throw wrongType(name, `no other options than ${names}`, key);
  }
  return value as T;
}

/**
 * Checks every option, and refuses unknown ones. `checks` has a check for each option. Errors name the object `name`, and an
 * option by `prefix` and its key.
 */
export function validate<C extends Checks>(name: string, value: unknown, checks: C, prefix = ''): Checked<C> {
  const given = plainObject<Record<string, unknown>>(name, value, Object.keys(checks));
  return Object.fromEntries(
    Object.entries(checks).map(([key, check]) => [key, check(prefix + key, given[key])]),
  ) as Checked<C>;
}

/** `validate` for the options of a layer, which also has its `type`. Errors name an option `dense.units`, for example. */
export const layerOptions = <C extends Checks>(name: string, value: unknown, checks: C): Checked<C> =>
  validate(name, value, { type: unchecked, ...checks }, `${name}.`);

/**
 * Index of the first value that is NaN or infinite, or -1. The fast path adds the values in float64: a sum of finite float32 values
 * is finite, and a sum with another value is not. Four independent sums take 0.3 µs for 784 values, one sum 1.4, a sum of x · 0 10.
 */
export function firstNonFinite(values: Float32Array): number {
  const { length } = values;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (; i < length; i++) a += values[i]!;
  return Number.isFinite(a + b + c + d) ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
