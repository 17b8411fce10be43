import { UnsupportedError, wrongType } from '../core/errors.ts';
import { Endpoint } from './rpc/endpoint.ts';
import type { IsthmusWorker, WorkerLike } from './types.ts';

export interface SpawnOptions {
  /**
   * A worker that runs `isthmus/worker-thread`, such as `inlineWorker()` of `isthmus/worker-inline`. Needed where the bundler
   * leaves out the file of the worker, as esbuild and rollup do. Default: a new worker, from that file.
   */
  readonly worker?: WorkerLike;
}

/** `spawn` of `isthmus/worker`. */
export type Spawn = (options?: SpawnOptions) => Promise<IsthmusWorker>;

/** A way to start a worker. */
export type Start = () => WorkerLike | Promise<WorkerLike>;

/** `spawn` by the given ways to start a worker: where one fails, the next is tried. */
export async function spawnBy(options: SpawnOptions, starts: readonly Start[]): Promise<IsthmusWorker> {
  // Not by `options` of check.ts, which has a guess for misspelt names. A Worker by itself is a mistake.
  const plain = typeof options === 'object' && options && !('postMessage' in options);
  const other = plain ? Object.keys(options).find((name) => name !== 'worker') : options;
  if (other !== undefined) throw wrongType('options', 'no other options than worker', other);
  const { worker } = options;
  let failures = '';
  for (const start of worker === undefined ? starts : [() => worker]) {
    try {
      const started = await start();
      if (typeof started?.postMessage !== 'function') throw wrongType('worker', 'a Worker', started);
      const connection = new Endpoint(started);
      const names = await connection.ready;
      const calls = names.map((name) => [name, (...args: unknown[]) => connection.call(0, name, args)]);
      return { ...Object.fromEntries(calls), terminate: () => connection.terminate() };
    } catch (error) {
      if (worker !== undefined || error instanceof UnsupportedError) throw error;
      failures += `${(error as Error).message}; `;
    }
  }
  const remedy = 'spawn({ worker: inlineWorker() }) of isthmus/worker-inline needs no file and no module';
  throw new Error(`${failures}${remedy} (Content-Security-Policy: worker-src blob:)`);
}
