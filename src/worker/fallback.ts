// isthmus/worker for Bun. It runs packages from their files, but its bundles are without the file of the worker: there the worker
// is text.

import { type Spawn, spawnBy } from './spawn.ts';
import { threadUrl } from './thread-url.ts';

export * from './common.ts';

export const spawn: Spawn = (options = {}) =>
  spawnBy(options, [() => new Worker(threadUrl()), async () => (await import('./inline.ts')).inlineWorker()]);
