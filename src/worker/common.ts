// What all forms of `isthmus/worker` export beside `spawn`. package.json says which form is for whom.

export { FormatError, UnsupportedError } from '../errors.ts';
export * from './factories.ts';
export { transfer } from './pack.ts';
export type { SpawnOptions } from './spawn.ts';
export type { IsthmusWorker, Received, Remote, RemoteCodec, RemoteDetector, RemoteModel, WorkerLike } from './types.ts';
