export { FormatError, UnsupportedError } from '../errors.ts';
export * from './factories.ts';
export { transfer } from './pack.ts';
export { type SpawnOptions, spawn } from './spawn.ts';
export type { IsthmusWorker, Received, Remote, RemoteCodec, RemoteDetector, RemoteModel, WorkerLike } from './types.ts';
