// isthmus/worker for React Native and Cloudflare, which have no workers.

import { refuseWorkers } from './rpc/port.ts';
import { type Spawn, spawnBy } from './spawn.ts';

export * from './exports.ts';

export const spawn: Spawn = (options = {}) => spawnBy(options, [refuseWorkers]);
