// A worker without a file: its code is text in this module. The kernels in it are those that the page has, if it has any.

import * as kernels from '#kernels';
import text from '#thread';
import { startThread } from './node.ts';
import { type Spawn, spawnBy } from './spawn.ts';
import type { WorkerLike } from './types.ts';

export * from './exports.ts';

const code = (): string => `const kernels=${JSON.stringify(kernels)};${text}`;
let url: string | undefined;

/**
 * A worker for `spawn({ worker: inlineWorker() })`, where the bundler leaves out the file of the worker, or a page is a single
 * file. The bundle has the whole of isthmus as text: 71 KB after brotli.
 *
 * A Content-Security-Policy needs `worker-src blob:`. Errors: UnsupportedError where there are no workers.
 */
export function inlineWorker(): WorkerLike {
  if (typeof Worker !== 'function') return startThread(new URL(`data:text/javascript,${encodeURIComponent(code())}`));
  url ??= URL.createObjectURL(new Blob([code()]));
  try {
    // No module: Chromium starts none in a sandboxed frame.
    return new Worker(url);
  } catch {
    // Deno has modules alone.
    return new Worker(url, { type: 'module' });
  }
}

/** As `spawn` of isthmus/worker, with `inlineWorker()` as the default. */
export const spawn: Spawn = (options = {}) => spawnBy(options, [inlineWorker]);
