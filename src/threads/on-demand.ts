// Passes on several threads, whose code is loaded by the first call. Where its file is missing, the calling thread computes all chunks.

import type { Measurement } from '../engine/measure.ts';
import { loadFile } from './load-file.ts';
import * as serial from './serial-passes.ts';

const load = () => loadFile<typeof import('./plain/pass.ts')>('./threads.js');
type Passes = NonNullable<Awaited<ReturnType<typeof load>>>;

/** As `runNetworkOnThreads` of plain/pass.ts. */
export async function runNetworkOnThreads(
  ...args: Parameters<Passes['runNetworkOnThreads']>
): Promise<Float32Array<ArrayBuffer>> {
  return ((await load())?.runNetworkOnThreads ?? serial.runNetworkOnThreads)(...args);
}

/** As `forEachChunkOnThreads` of plain/pass.ts. */
export async function forEachChunkOnThreads(...args: Parameters<Passes['forEachChunkOnThreads']>): Promise<void> {
  return ((await load())?.forEachChunkOnThreads ?? serial.forEachChunkOnThreads)(...args);
}

/** As `measureOnThreads` of plain/pass.ts. */
export async function measureOnThreads(...args: Parameters<Passes['measureOnThreads']>): Promise<Measurement> {
  return ((await load())?.measureOnThreads ?? serial.measureOnThreads)(...args);
}
