// The interface of a command to its frame: the terminal, the options of all commands, and the end of the process.

import { abortOnInterrupt } from '../tools/interrupt.ts';
import { isAbort, messageOf, withoutControls } from './errors.ts';
import { openProgress, type Progress } from './progress.ts';

/** The options that all commands have. */
export interface CommonFlags {
  /** Prints one JSON document on standard output and nothing else there. */
  readonly json: boolean;
  /** Prints no summary, no warning and no progress. */
  readonly quiet: boolean;
  /** Prints the stack of an error. */
  readonly verbose: boolean;
  /** Prints JavaScript that does the same, and does nothing else. */
  readonly code: boolean;
  /** Replaces existing files. */
  readonly force: boolean;
  /** `-o`: a file, a folder with a slash at the end, or `-`. */
  readonly output: string | undefined;
}

/** JSON has no NaN, no infinity and no integers of 64 bits; typed arrays are lists. */
function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float32Array);
  return value;
}

/** Passed to each command. */
export class Context {
  readonly flags: CommonFlags;
  readonly #warnings: string[] = [];
  readonly #failures: unknown[] = [];
  #interrupt: ReturnType<typeof abortOnInterrupt> | undefined;
  #result: unknown;

  constructor(flags: CommonFlags) {
    this.flags = flags;
  }

  /**
   * Aborted by the first Ctrl-C. Until a command reads it, Ctrl-C ends the process at once, so that a long synchronous step
   * (reading a large file) can be interrupted. Read it when there is something to save or to tidy up.
   */
  get signal(): AbortSignal {
    this.#interrupt ??= abortOnInterrupt();
    return this.#interrupt.signal;
  }

  /** A line of the summary, on standard error. */
  say(line: string): void {
    if (!this.flags.quiet && !this.flags.json) console.error(withoutControls(line));
  }

  /** A warning, on standard error; with `--json` also in the list `warnings` of the document. */
  warn(line: string): void {
    this.#warnings.push(line);
    if (!this.flags.quiet) console.error(`warning: ${withoutControls(line)}`);
  }

  /** Text that is the result of the command, on standard output. Not with `--json`: then `result` is printed. */
  async print(text: string): Promise<void> {
    if (this.flags.json) return;
    const shown = process.stdout.isTTY ? withoutControls(text) : text;
    await this.writeStdout(shown.endsWith('\n') ? shown : `${shown}\n`);
  }

  /** The JSON document, which is printed at the end with `--json`. */
  result(value: Readonly<Record<string, unknown>>): void {
    this.#result = value;
  }

  /** Text or bytes on standard output. Resolves when the reader has taken them. */
  writeStdout(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      process.stdout.write(data, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** A progress bar, where standard error is a terminal. */
  progress(title: string): Promise<Progress> {
    return openProgress(title, !this.flags.quiet);
  }

  /**
   * Runs a job for each input. Where one fails, its error is printed, the others still run, and the exit code is 1.
   * `job` should name the file in its errors: see `namingFile`.
   */
  async forEach(inputs: readonly string[], job: (input: string, index: number) => Promise<void>): Promise<void> {
    for (const [index, input] of inputs.entries()) {
      try {
        await job(input, index);
      } catch (error) {
        if (inputs.length === 1 || isAbort(error)) throw error;
        this.#failures.push(error);
        this.printError(error);
      }
    }
  }

  /** `error: …` in one line, with the stack where `--verbose` or ISTHMUS_DEBUG asks for it. */
  printError(error: unknown): void {
    const details = this.flags.verbose || process.env.ISTHMUS_DEBUG;
    console.error(`error: ${messageOf(error)}`);
    if (!details || !(error instanceof Error)) return;
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) console.error(cause.stack);
  }

  /** Prints the JSON document. Gives true where all inputs succeeded. `error`: the error that ended the command. */
  async finish(error?: unknown): Promise<boolean> {
    this.#interrupt?.done();
    const failures = error === undefined ? this.#failures : [...this.#failures, error];
    if (this.flags.json && !this.flags.code) {
      const document = {
        ...(this.#result as object | undefined),
        ...(this.#warnings.length > 0 && { warnings: this.#warnings }),
        ...(failures.length > 0 && { errors: failures.map(messageOf) }),
      };
      await this.writeStdout(`${JSON.stringify(document, jsonValue)}\n`);
    }
    return failures.length === 0;
  }
}
