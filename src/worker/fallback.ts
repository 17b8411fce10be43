// isthmus/worker for Bun. Bun runs a package from its files, but its bundles leave out the file of the worker. In a bundle the code of
// the worker is text.

import { type Spawn, spawnBy } from './spawn.ts';
import { pageStarts } from './thread-url.ts';

export * from './exports.ts';

export const spawn: Spawn = (options = {}) =>
  spawnBy(options, [pageStarts[0]!, async () => (await import('./inline.ts')).inlineWorker()]);
