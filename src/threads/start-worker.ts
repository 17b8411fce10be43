// Starts workers from text, in browsers, Deno, Bun and Node.

/** A worker of any runtime. */
export interface WorkerHandle {
  post(message: unknown, transfer?: readonly object[]): void;
  /** Ends the worker. In Node the result is a promise that resolves when the worker has ended. */
  terminate(): unknown;
  /** `ref`: the worker keeps the process alive. `unref`: it no longer does. Without effect in browsers. */
  ref(): void;
  unref(): void;
}

interface AnyWorker {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  terminate(): unknown;
  addEventListener?(
    type: string,
    listener: (event: { data?: unknown; message?: string; preventDefault?(): void }) => void,
  ): void;
  on?(type: string, listener: (value: unknown) => void): void;
  ref?(): void;
  unref?(): void;
}

type NodeWorker = new (text: string, options: object) => AnyWorker;
type PageWorker = new (url: string, options?: object) => AnyWorker;

/** One URL for each text. */
const urls = new Map<string, string>();

function start(text: string): AnyWorker {
  const { Worker, process } = globalThis as {
    Worker?: PageWorker;
    process?: { getBuiltinModule?(name: string): { Worker: NodeWorker } };
  };
  // Without the flags of this process: some apply to its main file only.
  if (!Worker)
    return new (process!.getBuiltinModule!('node:worker_threads').Worker)(text, { eval: true, execArgv: [] });
  let url = urls.get(text);
  if (!url) {
    url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    urls.set(text, url);
  }
  try {
    return new Worker(url);
  } catch {
    // Deno has module workers only.
    return new Worker(url, { type: 'module' });
  }
}

/**
 * Starts a worker with the code `text`; undefined where the runtime cannot start workers. `receive` gets the messages of the worker. `end`
 * is called when the worker has failed or ended, or when a policy of the page forbids it. The worker does not keep the process alive.
 */
export function startWorker(
  text: string,
  end: (reason: string) => void,
  receive?: (data: unknown) => void,
): WorkerHandle | undefined {
  let worker: AnyWorker;
  try {
    worker = start(text);
  } catch {
    return undefined;
  }
  const failed = (error: unknown): void => end((error as { message?: string } | null)?.message ?? 'refused');
  if (worker.addEventListener) {
    worker.addEventListener('message', ({ data }) => receive?.(data));
    worker.addEventListener('error', (event) => {
      // Otherwise the page also reports an uncaught error.
      event.preventDefault?.();
      failed(event);
    });
    worker.addEventListener('close', () => end('it has ended'));
  } else {
    worker.on?.('message', (data) => receive?.(data));
    worker.on?.('error', failed);
    worker.on?.('exit', (code) => end(`it has ended with code ${code}`));
  }
  worker.unref?.();
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
    ref: () => worker.ref?.(),
    unref: () => worker.unref?.(),
  };
}
