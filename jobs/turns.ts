// Long work in turns, so that a page stays usable and a job can be stopped.

/** The reports of a job while it runs, and the way to stop it. */
export interface JobControl {
  /** Aborts the job: its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the completed fraction, 0..1. */
  readonly onProgress?: (done: number) => unknown;
}

/** Lets other tasks run. Errors: the signal's reason. */
export async function nextTurn({ signal }: JobControl): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}

/** The control of a part of a job, from its fraction `from` to `to`. */
export function partOf(control: JobControl, from: number, to: number): JobControl {
  return {
    ...(control.signal && { signal: control.signal }),
    onProgress: (done) => control.onProgress?.(from + (to - from) * done),
  };
}

/** `control` without undefined members, as the options of `isthmus` expect. */
export const definedControl = ({ signal, onProgress }: JobControl): JobControl => ({
  ...(signal && { signal }),
  ...(onProgress && { onProgress }),
});
