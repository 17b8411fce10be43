// The interface of a command, and typed options. A command file is loaded at every start: its `run` imports libraries,
// formats and `isthmus` by `await import(…)`.

import type { Context } from './context.ts';
import { UsageError } from './errors.ts';

/** An option of a command. The name is the key in the list of options: `batchSize` is typed as `--batch-size`. */
export interface Option<T> {
  /** One line for `--help`. */
  readonly help: string;
  /** One letter, such as `n` for `-n`. */
  readonly short?: string;
  /** Name of the value in `--help`. Without it the option is a flag. */
  readonly value?: string;
  /** Converts the text of the value. `flag` is the name as typed. Errors: UsageError. */
  readonly parse?: (text: string, flag: string) => unknown;
  /** The value without the option. */
  readonly fallback?: T;
}

/** Options by name. */
export type Options = Readonly<Record<string, Option<unknown>>>;

/** The values of options. */
export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

/** A positional argument. */
export interface Operand {
  readonly name: string;
  readonly help: string;
  /** Takes all further arguments. Only the last operand can. */
  readonly many?: boolean;
  readonly optional?: boolean;
}

/** A command: `isthmus NAME operands options`. */
export interface CommandDefinition<O extends Options> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs for `isthmus NAME --help`. */
  readonly description?: string;
  readonly operands: readonly Operand[];
  readonly options: O;
  /** Whether the command writes a file and therefore has `-o` and `-f`. Text: the help of `-o`. */
  readonly output?: string;
  readonly examples: readonly { readonly command: string; readonly text: string }[];
  run(context: Context, operands: readonly string[], options: Values<O>): Promise<void>;
}

/** A command whose options have any types. */
export type Command = CommandDefinition<Options>;

/** Checks the types of a command. */
export const defineCommand = <const O extends Options>(command: CommandDefinition<O>): Command =>
  command as unknown as Command;

interface Common {
  readonly short?: string;
}

/** An option that is present or not. */
export const flag = (help: string, common: Common = {}): Option<boolean> => ({ ...common, help, fallback: false });

/** An option with any text. */
export const text = (help: string, value: string, common: Common = {}): Option<string | undefined> => ({
  ...common,
  help,
  value,
});

interface Range<D> extends Common {
  readonly low?: number;
  readonly high?: number;
  readonly fallback?: D;
  /** Whether `low` itself is excluded. */
  readonly above?: boolean;
}

function parseNumber(word: string, { low, high, above }: Range<unknown>, input: string, name: string): number {
  const value = Number(input);
  const integer = word === 'integer';
  const valid =
    input.trim() !== '' &&
    Number.isFinite(value) &&
    (!integer || Number.isSafeInteger(value)) &&
    (low === undefined || (above ? value > low : value >= low)) &&
    (high === undefined || value <= high);
  if (valid) return value;
  let range = '';
  if (low !== undefined && high !== undefined) range = above ? ` above ${low}, at most ${high}` : ` ${low}..${high}`;
  else if (low !== undefined) range = above ? ` above ${low}` : ` of at least ${low}`;
  throw new UsageError(`"${name}" expected ${word}${range}, got "${input}"`);
}

const numeric =
  (word: 'number' | 'integer') =>
  <D extends number | undefined = undefined>(help: string, range: Range<D> = {}): Option<number | D> => ({
    help,
    value: word === 'integer' ? 'n' : 'number',
    ...(range.short && { short: range.short }),
    ...(range.fallback !== undefined && { fallback: range.fallback }),
    parse: (input, name) => parseNumber(word, range, input, name),
  });

/** An option with a finite number. */
export const number = numeric('number');

/** An option with an integer. */
export const integer = numeric('integer');

/** An option with integers, separated by commas. */
export const integers = (help: string, range: Range<undefined> = {}): Option<readonly number[] | undefined> => ({
  help,
  value: 'n,n',
  parse: (input, name) => input.split(',').map((part) => parseNumber('integer', range, part, name)),
});

/** An option with one of several words. */
export const choice = <const C extends readonly string[], D extends C[number] | undefined = undefined>(
  help: string,
  words: C,
  common: Common & { readonly fallback?: D } = {},
): Option<C[number] | D> => ({
  ...common,
  help: `${help}: ${words.join(', ')}`,
  value: 'word',
  parse: (input, name) => {
    if (words.includes(input)) return input;
    throw new UsageError(`"${name}" expected ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, got "${input}"`);
  },
});
