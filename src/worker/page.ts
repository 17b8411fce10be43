// isthmus/worker for bundlers of pages: without threads of Node.

import { refuse } from './rpc/port.ts';
import { type Spawn, spawnBy } from './spawn.ts';
import { inPage } from './thread-url.ts';

export * from './exports.ts';

export const spawn: Spawn = (options = {}) => spawnBy(options, typeof Worker === 'function' ? inPage : [refuse]);
