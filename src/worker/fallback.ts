// isthmus/worker for Bun. It runs packages from their files, but its bundles are without the file of the worker: there the worker
// is text.

import { type Spawn, spawnBy } from './spawn.ts';
import { pageStarts } from './thread-url.ts';

export * from './exports.ts';

export const spawn: Spawn = (options = {}) =>
  spawnBy(options, [pageStarts[0]!, async () => (await import('./inline.ts')).inlineWorker()]);
