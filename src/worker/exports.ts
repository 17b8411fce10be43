// The exports that all builds of `isthmus/worker` share, besides `spawn`. package.json selects the build by condition.

export { FormatError, UnsupportedError } from '../core/errors.ts';
export * from './factories.gen.ts';
export { transfer } from './rpc/serialize.ts';
export type { SpawnOptions } from './spawn.ts';
export type { IsthmusWorker, Received, Remote, RemoteCodec, RemoteDetector, RemoteModel, WorkerLike } from './types.ts';
