// Loads the code of passes on several threads with the first call. isthmus/slim replaces this file by src/slim/serial-passes.ts.

import type { Measurement } from '../engine/measure.ts';

const load = () => import('./plain/pass.ts');
type Passes = Awaited<ReturnType<typeof load>>;

/** As `runNetworkOnThreads` of plain/pass.ts. */
export async function runNetworkOnThreads(
  ...args: Parameters<Passes['runNetworkOnThreads']>
): Promise<Float32Array<ArrayBuffer>> {
  return (await load()).runNetworkOnThreads(...args);
}

/** As `forEachChunkOnThreads` of plain/pass.ts. */
export async function forEachChunkOnThreads(...args: Parameters<Passes['forEachChunkOnThreads']>): Promise<void> {
  return (await load()).forEachChunkOnThreads(...args);
}

/** As `measureOnThreads` of plain/pass.ts. */
export async function measureOnThreads(...args: Parameters<Passes['measureOnThreads']>): Promise<Measurement> {
  return (await load()).measureOnThreads(...args);
}
