// A worker without a file: its code is text in this module. A page that has the kernels too shares their text with the worker.

import * as kernels from '#kernels';
import text from '#thread';
import { startThread } from './node.ts';
import { type Spawn, spawnBy } from './spawn.ts';
import type { WorkerLike } from './types.ts';

export * from './exports.ts';

const code = (): string => `const kernels=${JSON.stringify(kernels)};${text}`;
let url: string | undefined;

/**
 * A worker for `spawn({ worker: inlineWorker() })`. Use it where the bundler leaves out the file of the worker, or where the page
 * must be a single file. The bundle then contains all of isthmus as text: 71 KB after brotli.
 *
 * A Content-Security-Policy needs `worker-src blob:`. Errors: UnsupportedError where the runtime has no workers.
 *
 * @example
 * ```ts
 * import { denseAutoencoder, spawn } from 'isthmus/worker';
 * import { inlineWorker } from 'isthmus/worker-inline';
 *
 * const { autoencoder, terminate } = await spawn({ worker: inlineWorker() });
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 4 }), { seed: 1 });
 * console.log(model.latentShape);
 * await terminate();
 * // prints [ 4 ]
 * ```
 */
export function inlineWorker(): WorkerLike {
  if (typeof Worker !== 'function') return startThread(new URL(`data:text/javascript,${encodeURIComponent(code())}`));
  url ??= URL.createObjectURL(new Blob([code()]));
  try {
    // A script, because Chromium starts no module workers in a sandboxed frame.
    return new Worker(url);
  } catch {
    // Deno has module workers only.
    return new Worker(url, { type: 'module' });
  }
}

/**
 * Like `spawn` of isthmus/worker, with `inlineWorker()` as the default worker.
 *
 * @example
 * ```ts
 * import { denseAutoencoder, spawn } from 'isthmus/worker-inline';
 *
 * const { autoencoder, terminate } = await spawn();
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 4 }), { seed: 1 });
 * console.log((await model.encode(new Float32Array(2 * 16))).length);
 * await terminate();
 * // prints 8
 * ```
 */
export const spawn: Spawn = (options = {}) => spawnBy(options, [inlineWorker]);
