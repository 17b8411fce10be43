// isthmus/worker for tools that move packages away from their files, as Vite's server and Bun do, or take no workers of packages,
// as Angular, or do not know `import.meta`, as Metro. The worker is text in a module that is loaded for it.

import { type Spawn, spawnBy } from './spawn.ts';

export * from './exports.ts';

export const spawn: Spawn = (options = {}) =>
  spawnBy(options, [async () => (await import('./inline.ts')).inlineWorker()]);
