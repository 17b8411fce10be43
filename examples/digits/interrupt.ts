// How a command ends before its time: Ctrl-C, and a reader that has gone.

import { why } from './write.ts';

/**
 * Aborts at the first Ctrl-C; exits at the second. npm passes on the signal that the terminal has sent to both: what
 * comes within a quarter of a second is the same Ctrl-C.
 */
export function stopAtInterrupt(): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  let first = 0;
  const interrupted = (): void => {
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort();
    } else if (performance.now() - first > 250) process.exit(130);
  };
  process.on('SIGINT', interrupted);
  return { signal: controller.signal, done: () => process.off('SIGINT', interrupted) };
}

/** A reader of the output that has seen enough, such as `head`, is no reason to lose the work. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    console.error(`error: cannot write the output: ${why(error)}`);
    process.exit(1);
  });
}
