import { UnsupportedError, wrongType } from '../core/errors.ts';
import { Endpoint } from './rpc/endpoint.ts';
import type { IsthmusWorker, WorkerLike } from './types.ts';

/** Options of `spawn`. */
export interface SpawnOptions {
  /**
   * A worker that runs `isthmus/worker-thread`, for example `inlineWorker()` of `isthmus/worker-inline`. Required with
   * bundlers that leave out the file of the worker, such as esbuild and rollup. Default: a new worker from that file.
   */
  readonly worker?: WorkerLike;
}

/** `spawn` of `isthmus/worker`. */
export type Spawn = (options?: SpawnOptions) => Promise<IsthmusWorker>;

/** Starts a worker. */
export type Start = () => WorkerLike | Promise<WorkerLike>;

/** `spawn` with several ways to start a worker: when one fails, the next is tried. */
export async function spawnBy(options: SpawnOptions, starts: readonly Start[]): Promise<IsthmusWorker> {
  // Not checked by core/validate.ts, whose suggestions for misspelt names would add bytes. A Worker as `options` is a mistake.
  const isObject = typeof options === 'object' && options && !('postMessage' in options);
  const wrong = isObject ? Object.keys(options).find((name) => name !== 'worker') : options;
  if (wrong !== undefined) throw wrongType('options', 'no other options than worker', wrong);
  const { worker } = options;
  let failures = '';
  for (const start of worker === undefined ? starts : [() => worker]) {
    try {
      const started = await start();
      if (typeof started?.postMessage !== 'function') throw wrongType('worker', 'a Worker', started);
      const endpoint = new Endpoint(started);
      const names = await endpoint.ready;
      const calls = names.map((name) => [name, (...args: unknown[]) => endpoint.call(0, name, args)]);
      return { ...Object.fromEntries(calls), terminate: () => endpoint.terminate() };
    } catch (error) {
      if (worker !== undefined || error instanceof UnsupportedError) throw error;
      failures += `${(error as Error).message}; `;
    }
  }
  const remedy = 'spawn({ worker: inlineWorker() }) of isthmus/worker-inline needs no file and no module';
  throw new Error(`${failures}${remedy} (Content-Security-Policy: worker-src blob:)`);
}
