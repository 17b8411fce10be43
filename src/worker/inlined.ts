// isthmus/worker for tools that cannot find the file of the worker: Vite's server and Bun move packages to other files, Angular
// ignores workers of packages, Metro does not know `import.meta`. The code of the worker is text in a module that is loaded on demand.

import { type Spawn, spawnBy } from './spawn.ts';

export * from './exports.ts';

export const spawn: Spawn = (options = {}) =>
  spawnBy(options, [async () => (await import('./inline.ts')).inlineWorker()]);
