// Overlap-add: windows are cut, reconstructed by a model, weighted and added. Besides input and output, memory holds one batch
// of windows and one row of windows as floats.

import { planPass } from '../engine/executor.ts';
import { rowsOfOperations } from '../engine/graph.ts';
import { finiteOutput } from '../model/finite-output.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import { type Division, forEachChunkOnThreads } from '../threads/plain/pass.ts';
import type { WindowSamples } from './window-samples.ts';

/** Floating-point operations of a batch, unless one window takes more: 1 ms at 50 GFLOP/s, so that the event loop can wait. */
const MAX_OPERATIONS = 5e7;

/** Floating-point operations of a batch on a worker, which costs two messages: 0.1 ms. */
const MAX_WORKER_OPERATIONS = 2e8;

/** Cleans the windows, and yields the completed fraction after each batch. Errors: RangeError when the output is not finite. */
export function* overlapAdd(model: Model, windows: WindowSamples): Generator<number, void, undefined> {
  const engine = model[engineSymbol];
  const { memory, network } = engine;
  const maxRows = rowsOfOperations(network, MAX_OPERATIONS);
  for (let first = 0; first < windows.count; ) {
    // Planned for each batch, because other calls may use the memory between two of them.
    const { output, rows } = planPass(engine, { start: 0, end: network.nodes.length }, windows, { maxRows }).run(first);
    windows.add(first, rows, finiteOutput(memory.view(output, rows * windows.size)));
    first += rows;
    yield first / windows.count;
  }
}

/** `overlapAdd` on several threads, with the same bits. Errors: those of `overlapAdd`; the signal's reason. */
export async function overlapAddOnThreads(model: Model, windows: WindowSamples, division: Division): Promise<void> {
  const engine = model[engineSymbol];
  const { network } = engine;
  const pass = {
    range: { start: 0, end: network.nodes.length },
    samples: windows,
    outputSize: windows.size,
    maxRows: rowsOfOperations(network, MAX_WORKER_OPERATIONS),
    use: (first: number, count: number, output: Float32Array) => windows.add(first, count, finiteOutput(output)),
  };
  await forEachChunkOnThreads(engine, pass, division);
}
