// isthmus/worker for bundlers of web pages: without the code that starts threads of Node.

import { refuseWorkers } from './rpc/port.ts';
import { type Spawn, spawnBy } from './spawn.ts';
import { pageStarts } from './thread-url.ts';

export * from './exports.ts';

export const spawn: Spawn = (options = {}) =>
  spawnBy(options, typeof Worker === 'function' ? pageStarts : [refuseWorkers]);
