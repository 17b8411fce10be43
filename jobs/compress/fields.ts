// Reads JSON of a file whose author is unknown: each field is checked where it is read.

import { FormatError } from 'isthmus';

const corrupt = (name: string, expected: string): FormatError =>
  new FormatError('corrupt', `the file is damaged: "${name}" expected ${expected}`);

/** An object of the JSON. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #name: string;

  /** Errors: FormatError where `value` is no object. */
  constructor(value: unknown, name = 'structure') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw corrupt(name, 'an object');
    this.#values = value as Record<string, unknown>;
    this.#name = name;
  }

  #path(name: string): string {
    return `${this.#name}.${name}`;
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  /** A safe integer within low..high. */
  integer(name: string, low = 0, high: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#values[name];
    if (!Number.isSafeInteger(value) || (value as number) < low || (value as number) > high)
      throw corrupt(this.#path(name), `an integer ${low}..${high}`);
    return value as number;
  }

  /** A finite number of at least 0. */
  number(name: string): number {
    const value = this.#values[name];
    if (typeof value !== 'number' || !(value >= 0 && value < Infinity)) throw corrupt(this.#path(name), 'a number');
    return value;
  }

  text(name: string): string {
    const value = this.#values[name];
    if (typeof value !== 'string') throw corrupt(this.#path(name), 'a text');
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#values[name];
    if (typeof value !== 'boolean') throw corrupt(this.#path(name), 'true or false');
    return value;
  }

  oneOf<const T>(name: string, values: readonly T[]): T {
    const value = this.#values[name] as T;
    if (!values.includes(value)) throw corrupt(this.#path(name), `one of ${values.join(', ')}`);
    return value;
  }

  object(name: string): Fields {
    return new Fields(this.#values[name], this.#path(name));
  }

  #list(name: string): readonly unknown[] {
    const value = this.#values[name];
    if (!Array.isArray(value)) throw corrupt(this.#path(name), 'a list');
    return value;
  }

  /** A list of safe integers of at least 0. */
  integers(name: string): number[] {
    const list = this.#list(name);
    if (!list.every((value) => Number.isSafeInteger(value) && (value as number) >= 0))
      throw corrupt(this.#path(name), 'a list of integers');
    return list as number[];
  }

  objects(name: string): Fields[] {
    return this.#list(name).map((value, i) => new Fields(value, `${this.#path(name)}[${i}]`));
  }

  texts(name: string): string[] {
    const list = this.#list(name);
    if (!list.every((value) => typeof value === 'string')) throw corrupt(this.#path(name), 'a list of texts');
    return list as string[];
  }
}
