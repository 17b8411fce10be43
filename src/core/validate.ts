// Checks at the boundary. What passed them is trusted inside.

import { wrongType, wrongValue } from './errors.ts';

/** An integer within low..high. */
export function integer(name: string, value: unknown, low: number, high: number): number {
  const expected = `integer ${low}..${high}`;
  if (typeof value !== 'number') throw wrongType(name, expected, value);
  if (!Number.isInteger(value) || value < low || value > high) throw wrongValue(name, expected, value);
  return value;
}

/** A finite number for which `predicate`; `expected` says in words what that is. */
export function number(name: string, value: unknown, expected: string, predicate: (value: number) => boolean): number {
  if (typeof value !== 'number') throw wrongType(name, expected, value);
  if (!Number.isFinite(value) || !predicate(value)) throw wrongValue(name, expected, value);
  return value;
}

export const nonNegative = (name: string, value: unknown): number =>
  number(name, value, 'a number of at least 0', (v) => v >= 0);

/** A number of bytes; `Infinity` for any. */
export const byteCount: Check<number> = (name, value) => (value === Infinity ? value : nonNegative(name, value));

export const positive = (name: string, value: unknown): number => number(name, value, 'a number above 0', (v) => v > 0);

/** A share that may be 0 but not 1. */
export const halfOpenUnitInterval = (name: string, value: unknown): number =>
  number(name, value, 'a number in [0, 1)', (v) => v >= 0 && v < 1);

/** A share above 0 and below 1. */
export const openUnitInterval = (name: string, value: unknown): number =>
  number(name, value, 'a number in (0, 1)', (v) => v > 0 && v < 1);

/** One of the keys of `choices`. */
export function oneOf<T extends object>(name: string, value: unknown, choices: T): keyof T & string {
  const expected = `one of ${Object.keys(choices).join(', ')}`;
  if (typeof value !== 'string') throw wrongType(name, expected, value);
  if (!Object.hasOwn(choices, value)) throw wrongValue(name, expected, value);
  return value as keyof T & string;
}

export function boolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrongType(name, 'a boolean', value);
  return value;
}

export function callback(name: string, value: unknown): unknown {
  if (typeof value !== 'function') throw wrongType(name, 'a function', value);
  return value;
}

/** An AbortSignal, of this realm or another. */
export function signal(name: string, value: unknown): unknown {
  if (typeof (value as AbortSignal)?.throwIfAborted !== 'function') throw wrongType(name, 'an AbortSignal', value);
  return value;
}

/** The first name that shares the longest beginning with `key`, whatever its case and underscores, if that is at least half of it. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const plain = (name: string): string => name.replace(/_/g, '').toLowerCase();
  const given = plain(key);
  let match: string | undefined;
  for (let n = given.length; !match && n > 2 && n > given.length / 2 - 1; n--) {
    match = known.find((name) => plain(name).startsWith(given.slice(0, n)));
  }
  return match;
}

/** A plain object that has no other keys than `known`: a misspelt option is an error, not a default. */
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

/** Checks a value: gives it back, or throws an error that calls it `name`. */
export type Check<T = unknown> = (name: string, value: unknown) => T;
export type Checks = Record<string, Check>;
export type Checked<C extends Checks> = { [Key in keyof C]: ReturnType<C[Key]> };

export const integerWithin =
  (low: number, high: number): Check<number> =>
  (name, value) =>
    integer(name, value, low, high);

export const oneOfKeys =
  <T extends object>(choices: T): Check<keyof T & string> =>
  (name, value) =>
    oneOf(name, value, choices);

/** What a generator of random numbers starts from. */
export const validSeed: Check<number> = (name, value) => integer(name, value, 0, Number.MAX_SAFE_INTEGER);

/** What somebody else checks. */
export const unchecked: Check = (_, value) => value;

/** What may be left out, and what then stands there. */
export function optional<T>(check: Check<T>): Check<T | undefined>;
export function optional<T>(check: Check<T>, otherwise: T): Check<T>;
export function optional<T>(check: Check<T>, otherwise?: T): Check<T | undefined> {
  return (name, value) => (value === undefined ? otherwise : check(name, value));
}

/** Options with each checked, and no others; errors call them by `prefix` and their key. */
export function validate<C extends Checks>(name: string, value: unknown, checks: C, prefix = ''): Checked<C> {
  const given = plainObject<Record<string, unknown>>(name, value, Object.keys(checks));
  return Object.fromEntries(
    Object.entries(checks).map(([key, check]) => [key, check(prefix + key, given[key])]),
  ) as Checked<C>;
}

/** The same for the options of a layer, which has its `type` beside them. */
export const layerOptions = <C extends Checks>(name: string, value: unknown, checks: C): Checked<C> =>
  validate(name, value, { type: unchecked, ...checks }, `${name}.`);

/** Where the first value that is not finite stands, or -1. Such a value makes the sum of x·0 NaN; only then is it looked for. */
export function firstNonFinite(values: Float32Array): number {
  const { length } = values;
  let a = 0;
  let b = 0;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    a += values[i]! * 0;
    b += values[i + 1]! * 0;
  }
  if (i < length) a += values[i]! * 0;
  return a + b === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
