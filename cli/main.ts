#!/usr/bin/env node
// The command `isthmus`.

import { isMainThread } from 'node:worker_threads';
import { CommanderError } from 'commander';
import { describeFailure } from '../tools/files.ts';
import { commands } from './commands/index.ts';
import { Context } from './context.ts';
import { exitCodes, isAbort, UsageError } from './errors.ts';
import { selectCommand } from './program.ts';
import { version } from './version.ts';

const isClosedPipe = (error: unknown): boolean => (error as NodeJS.ErrnoException)?.code === 'EPIPE';

/** Ends like a program that SIGPIPE ends, when the reader of standard output, such as `head`, has closed the pipe. */
process.stdout.on('error', (error) => {
  if (isClosedPipe(error)) process.exit(exitCodes.closedPipe);
  console.error(`error: cannot write standard output: ${describeFailure(error)}`);
  process.exit(exitCodes.failed);
});
process.stderr.on('error', () => {});

/** The exit code for the error that ended a command. */
function exitCodeOf(error: unknown): number {
  if (isAbort(error)) return exitCodes.interrupted;
  if (isClosedPipe(error)) return exitCodes.closedPipe;
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}

async function main(args: readonly string[]): Promise<number> {
  const selection = selectCommand(args, commands, version, {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
  });
  if (!selection) return exitCodes.done;
  const { command, operands, options, flags } = selection;
  const context = new Context(flags);
  try {
    await command.run(context, operands, options as never);
  } catch (error) {
    if (isAbort(error)) console.error('interrupted');
    else if (!isClosedPipe(error)) context.printError(error);
    await context.finish(error);
    return exitCodeOf(error);
  }
  return (await context.finish()) ? exitCodes.done : exitCodes.failed;
}

async function start(): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}

// The bundle is also the file of the thread that reads Parquet.
if (isMainThread) await start();
else await import('./formats/parquet-thread.ts');
