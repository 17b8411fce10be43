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

/** Characters that move the cursor, change colors or reorder text: file names and columns can contain any. */
const invisible = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The text with escapes such as `\u001b` for characters that control a terminal. Line ends and tabs remain. */
export const withoutControls = (text: string): string =>
  text.replace(invisible, (character) => ('\n\t'.includes(character) ? character : escaped(character)));

/** The message of any thrown value, in one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (
    message
      .trimEnd()
      .replace(/^error: /, '')
      .replace(invisible, escaped) || 'unknown error'
  );
}

/** Runs `read` and puts the name of the file before the message of its error. The original error is the cause. */
export async function namingFile<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isAbort(error) || error instanceof UsageError) throw error;
    const name = path === '-' ? 'standard input' : path.replace(invisible, escaped);
    const message = messageOf(error);
    throw new Failure(message.includes(name) ? message : `${name}: ${message}`, { cause: error });
  }
}
