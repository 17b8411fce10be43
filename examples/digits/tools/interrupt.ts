// Two ways in which a command ends early: Ctrl-C, and a closed standard output.

import { describeFailure } from './files.ts';

/** A second SIGINT within this many milliseconds belongs to the same Ctrl-C. */
const SAME_INTERRUPT_MS = 250;

/**
 * Aborts the signal at the first Ctrl-C and exits at the second. The terminal sends SIGINT to npm and to this process,
 * and npm passes its own on, so that one Ctrl-C can arrive twice. `done` stops listening.
 */
export function abortOnInterrupt(): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  let firstAt = 0;
  const interrupted = (): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
    } else if (performance.now() - firstAt > SAME_INTERRUPT_MS) {
      process.exit(130);
    }
  };
  process.on('SIGINT', interrupted);
  return { signal: controller.signal, done: () => process.off('SIGINT', interrupted) };
}

/** Continues when the reader of standard output, such as `head`, has closed it. */
export function ignoreClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    console.error(`error: cannot write the output: ${describeFailure(error)}`);
    process.exit(1);
  });
}
