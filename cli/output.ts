// The paths of results: beside the input, to `-o FILE`, into `-o FOLDER/`, or to a pipe. A file is written completely or not at
// all.

import { existsSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describeFailure, ensureWritableFolder, writeFileAtomically } from '../tools/files.ts';
import type { Context } from './context.ts';
import { Failure, UsageError } from './errors.ts';

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Whether the path exists and is a device, a pipe or a socket: such a file is written to, not replaced. */
export const isSpecial = (path: string): boolean => existsSync(path) && !statSync(path).isFile() && !isFolder(path);

/** The path without symbolic links, where the file exists. */
const canonical = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));

/** How the outputs of a command are named. */
export interface OutputNames {
  /** The default name of an output, from the name of the input without its folder. Not used for standard input. */
  readonly rename: (name: string) => string;
  /** All inputs make one output, which needs `-o`, or has the default name of the first input. Default false. */
  readonly single?: boolean;
}

/** Errors: Failure for a file that does not exist: a message about the output would hide this one. */
function checkInput(path: string): void {
  if (path === '') throw new UsageError('a file expected a name, got ""');
  const exists = path === '-' || existsSync(path) || existsSync(path.replace(/:[^:\\/]+$/, ''));
  if (!exists) throw new Failure(`cannot read ${path}: no such file (ENOENT)`);
}

/**
 * The path of the output for each input, or of the single output; `-` is standard output. Checks before any work that each
 * output may be written. Errors: UsageError for several inputs with one `-o`; Failure for an existing file without `-f`, for
 * an output that is an input, for a folder that cannot be written, and for binary data on a terminal.
 */
export function planOutputs(context: Context, inputs: readonly string[], { rename, single }: OutputNames): string[] {
  for (const input of inputs) checkInput(input);
  const { output } = context.flags;
  if (output === '') throw new UsageError('"--output" expected a name, got ""');
  const named = single ? inputs.slice(0, 1) : inputs;
  const intoFolder = output !== undefined && output !== '-' && (/[\\/]$/.test(output) || isFolder(output));
  if (output !== undefined && !intoFolder && named.length > 1) {
    const advice = output === '-' ? 'one input' : `a folder, such as -o ${output}/`;
    throw new UsageError(`${named.length} inputs cannot share the output "${output}": use ${advice}`);
  }
  const outputs = named.map((input) => {
    if (output !== undefined && !intoFolder) return output;
    if (input === '-') {
      if (!intoFolder) return '-';
      throw new UsageError('data from standard input has no name: use -o FILE');
    }
    return join(intoFolder ? output : dirname(input), rename(basename(input)));
  });
  for (const [i, path] of outputs.entries()) {
    const same = outputs.indexOf(path);
    if (same !== i && path !== '-')
      throw new UsageError(`"${named[same]}" and "${named[i]}" have the same output "${path}": run the command twice`);
  }
  for (const path of outputs) checkOutput(context, path, inputs);
  return outputs;
}

/** The files that each command writes: two results in one file would lose the first. */
const plannedFiles = new WeakMap<Context, Set<string>>();

/** Errors: UsageError for a file that another option of the command names too. */
function planFile(context: Context, path: string): void {
  const planned = plannedFiles.get(context) ?? new Set();
  const file = canonical(path);
  if (planned.has(file)) throw new UsageError(`two outputs have the same name "${path}"`);
  plannedFiles.set(context, planned.add(file));
}

/** Checks that a file may be written. Errors: see `planOutputs`. */
export function checkOutput(context: Context, path: string, inputs: readonly string[] = []): void {
  if (path === '-') {
    if (context.flags.json)
      throw new UsageError('--json and the output both need standard output: use -o FILE for the output');
    if (process.stdout.isTTY && !context.flags.force)
      throw new Failure('the output is binary data, which a terminal cannot show: use -o FILE, or -f');
    return;
  }
  if (isFolder(path)) throw new Failure(`cannot write ${path}: a folder is there`);
  if (isSpecial(path)) return;
  if (inputs.some((input) => input !== '-' && canonical(input) === canonical(path)))
    throw new Failure(`the output ${path} is also an input: use -o with another name`);
  if (existsSync(path) && !context.flags.force) throw new Failure(`${path} already exists: use -f to replace it`);
  planFile(context, path);
  ensureWritableFolder(dirname(path));
}

/** Writes a result. Errors: Failure with the reason in words; a closed pipe as the error of the stream. */
export async function writeOutput(context: Context, path: string, data: Uint8Array | string): Promise<void> {
  context.signal.throwIfAborted();
  if (path === '-') {
    await context.writeStdout(data);
    return;
  }
  if (!isSpecial(path)) {
    writeFileAtomically(canonical(path), data);
    return;
  }
  try {
    writeFileSync(path, data);
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${describeFailure(error)}`);
  }
}
