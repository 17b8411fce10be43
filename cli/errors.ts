// Errors that a person can act on, and the exit code of each kind.

/** Exit codes of the command, as the manual names them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130, closedPipe: 141 } as const;

/** A job that cannot be done: the message names the file or option and says what to do. Exit code 1. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
}

/** A command line that cannot be understood. Exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** Whether the error is that of an aborted signal. */
export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** The first line of the message of any thrown value. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.replace(/^error: /, '') || 'unknown error';
}

/** Runs `read` and puts the name of the file before the message of its error. The original error is the cause. */
export async function namingFile<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isAbort(error) || error instanceof UsageError) throw error;
    const name = path === '-' ? 'standard input' : path;
    const message = messageOf(error);
    throw new Failure(message.includes(name) ? message : `${name}: ${message}`, { cause: error });
  }
}
