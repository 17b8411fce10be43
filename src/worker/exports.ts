// What all forms of `isthmus/worker` export beside `spawn`. package.json says which form is for whom.

export { FormatError, UnsupportedError } from '../core/errors.ts';
export * from './factories.gen.ts';
export { transfer } from './rpc/serialize.ts';
export type { SpawnOptions } from './spawn.ts';
export type { IsthmusWorker, Received, Remote, RemoteCodec, RemoteDetector, RemoteModel, WorkerLike } from './types.ts';
