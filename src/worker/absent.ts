// isthmus/worker for runtimes that have no workers: React Native and Cloudflare.

import { UnsupportedError } from '../errors.ts';
import { type Spawn, spawnBy } from './spawn.ts';

export * from './common.ts';

const refuse = (): never => {
  throw new UnsupportedError('Workers', 'import the same calls from isthmus');
};

export const spawn: Spawn = (options = {}) => spawnBy(options, [refuse]);
