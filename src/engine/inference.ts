// Forward through a part of the network, chunk by chunk, between two blocks that take turns.

import { type Call, sizeOf } from '../layers/layer.ts';
import type { Rows } from '../samples.ts';
import type { InferKernels, TrainKernels } from '../wasm/kernels.ts';
import type { Engine } from './engine.ts';
import { PARAMETERS, SCRATCH } from './memory.ts';
import type { Node } from './network.ts';

/** Rows that pass at once: enough to pack a panel of weights for, few enough to stay in the L2 cache. */
const MOST_ROWS = 128;
/** Values of one layer that pass at once, unless a single row has more: 16 MB. */
const MOST_VALUES = 2 ** 22;

/** A call with everything set but the addresses of activations. */
export function callOf(node: Node): Call {
  return {
    rows: 0,
    y: 0,
    dy: 0,
    saved: 0,
    x: 0,
    dx: 0,
    weights: node.weights.map((weight) => PARAMETERS + weight.offset),
    gradients: [],
    inputSize: node.inputSize,
    outputSize: node.outputSize,
    scratch: SCRATCH,
    step: 0,
    stream: 0,
    seedLow: 0,
    seedHigh: 0,
    beforeActivation: false,
  };
}

/** What came out of the nodes for a chunk of rows, and what it is to be compared with: addresses. */
type Each = (y: number, start: number, rows: number, target: number) => void;

/** Calls `each` for every chunk of rows, in order. Without `targets` a chunk is compared with itself. */
export function forward(engine: Engine, nodes: readonly Node[], samples: Rows, each: Each, targets = samples): void {
  const { memory } = engine;
  const kernels = engine.kernels as InferKernels & TrainKernels;
  const active = nodes.filter((node) => !node.kind.trainingOnly);
  const widest = Math.max(...active.map((node) => node.outputSize), 1);
  const rows = Math.min(MOST_ROWS, samples.count, Math.max(1, Math.floor(MOST_VALUES / widest)));
  const apart = targets === samples ? 0 : targets.size;
  const stage = Math.max(samples.pixels ? samples.size : 0, targets.pixels ? apart : 0);
  const sizes = [stage * rows, samples.size * rows * 4, widest * rows * 4, widest * rows * 4, apart * rows * 4];
  const blocks = engine.temporary(sizes, 'activations') as [number, number, number, number, number];
  const [pixels, x, even, odd, t] = blocks;
  const place = (source: Rows, address: number, start: number, n: number): void => {
    source.copyRange(memory, source.pixels ? pixels : address, start, n);
    if (source.pixels) kernels.pixelsToFloats(address, pixels, n * source.size);
  };
  const calls = active.map((node, i) => ({
    ...callOf(node),
    x: i === 0 ? x : i % 2 ? even : odd,
    y: i % 2 ? odd : even,
  }));
  const out = calls.length ? calls[calls.length - 1]!.y : x;
  for (let start = 0; start < samples.count; start += rows) {
    const n = Math.min(rows, samples.count - start);
    place(samples, x, start, n);
    calls.forEach((call, i) => {
      call.rows = n;
      active[i]!.kind.forward(kernels, call, active[i]!.layer);
    });
    if (apart) place(targets, t, start, n);
    each(out, start, n, apart ? t : x);
  }
}

/** What comes out of the nodes for all samples, end to end. */
export function run(
  engine: Engine,
  nodes: readonly Node[],
  samples: Rows,
  output: readonly number[],
): Float32Array<ArrayBuffer> {
  const size = sizeOf(output);
  const result = new Float32Array(samples.count * size);
  forward(engine, nodes, samples, (y, start, rows) => {
    result.set(engine.memory.floats.subarray(y / 4, y / 4 + rows * size), start * size);
  });
  return result;
}
