// isthmus/worker for runtimes that have no workers: React Native and Cloudflare.

import { refuseWorkers } from './rpc/port.ts';
import { type Spawn, spawnBy } from './spawn.ts';

export * from './exports.ts';

export const spawn: Spawn = (options = {}) => spawnBy(options, [refuseWorkers]);
