// isthmus/worker for bundlers of pages: without threads of Node.

import { refuse } from './port.ts';
import { type Spawn, spawnBy } from './spawn.ts';
import { inPage } from './thread-url.ts';

export * from './common.ts';

export const spawn: Spawn = (options = {}) => spawnBy(options, typeof Worker === 'function' ? inPage : [refuse]);
