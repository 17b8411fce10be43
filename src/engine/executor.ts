// Forward through a part of the network, chunk by chunk.

import type { Rows } from '../data/sample-batch.ts';
import type { Memory } from '../wasm/memory.ts';
import type { Engine } from './engine.ts';
import type { Node } from './graph.ts';
import { type Call, type Shape, sizeOf } from './layer-definition.ts';
import { chain, largest, share } from './schedule.ts';

/** Rows that pass at once: enough to pack a panel of weights for, few enough to stay in the L2 cache. */
const MOST_ROWS = 128;
/** Values of one layer that pass at once, unless a single row has more: 1 MB. */
const MOST_VALUES = 2 ** 18;

/** A call with everything set but the addresses of activations. */
export function callOf(node: Node, memory: Memory): Call {
  return {
    rows: 0,
    row: 0,
    y: 0,
    dy: 0,
    saved: 0,
    x: 0,
    dx: 0,
    other: 0,
    dOther: 0,
    workspace: 0,
    training: false,
    beside: false,
    share: 1,
    memo: undefined,
    weights: node.weights.map((weight) => memory.parameters + weight.offset),
    gradients: [],
    inputShape: node.input,
    inputSize: node.inputSize,
    outputSize: node.outputSize,
    scratch: memory.scratch,
    step: 0,
    stream: 0,
    seedLow: 0,
    seedHigh: 0,
    beforeActivation: false,
    values: 0,
    rateWeight: 0,
    rate: 0,
    sparse: node.sparse ?? false,
  };
}

/**
 * What came out of the nodes for a chunk of rows, and what it is to be compared with: addresses; and what the
 * bottleneck adds to the loss, and its codes cost in bits, where that is asked for.
 */
type Each = (
  y: number,
  start: number,
  rows: number,
  target: number,
  penalty: number,
  rate: number | undefined,
  /** What the last node keeps, where that is asked for. */
  saved: number,
) => void;

/** Nodes of a network from `start` to before `end`. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** Takes `rows` samples from `first` on, or what is left of them. Nothing outlives it: others may pass between. */
interface Pass {
  readonly rows: number;
  take(first: number): void;
}

/** A pass through a part that calls `each` for its chunk. Without `targets` a chunk is compared with itself. */
export function passOf(
  engine: Engine,
  { start, end }: Part,
  samples: Rows,
  each: Each,
  targets = samples,
  measured = false,
): Pass {
  const { memory, kernels } = engine;
  const { links, last } = chain(engine.network.nodes, start, end, false);
  const { block, sizes } = share(links);
  const widest = largest(sizes, (size) => size, samples.size);
  const rows = Math.min(MOST_ROWS, samples.count, Math.max(1, Math.floor(MOST_VALUES / widest)));
  const apart = targets === samples ? 0 : targets.size;
  const stage = Math.max(samples.pixels ? samples.size : 0, targets.pixels ? apart : 0);
  const room = largest(links, ({ node }) => node.kind.workspace?.(node.layer, node.input, rows) ?? 0);
  const kept = links.map(({ node }) =>
    measured && node.kind.measured ? (node.kind.saved?.(node.layer, node.input, rows) ?? 0) : 0,
  );
  const outputs = sizes.map((size) => size * rows * 4);
  const saved = kept.map((size) => size * 4);
  const blocks = engine.temporary(
    [stage * rows, samples.size * rows * 4, apart * rows * 4, room, ...outputs, ...saved],
    'activations',
  );
  const [pixels, x, t, workspace] = blocks as [number, number, number, number];
  const address = (link: number): number => (link < 0 ? x : blocks[4 + block[link]!]!);
  const values = last < 0 ? samples.size : links[last]!.node.outputSize;
  const calls = links.map(({ node, from, joined }, i) => {
    return {
      ...callOf(node, memory),
      x: address(from),
      other: joined === undefined ? 0 : address(joined),
      y: address(i),
      saved: kept[i] ? blocks[4 + sizes.length + i]! : 0,
      values,
      workspace,
    };
  });
  const place = (source: Rows, to: number, first: number, n: number): void => {
    source.copyRange(memory, source.pixels ? pixels : to, first, n);
    if (source.pixels) kernels.pixelsToFloats(to, pixels, n * source.size);
  };
  const take = (first: number): void => {
    const n = Math.min(rows, samples.count - first);
    place(samples, x, first, n);
    let penalty = 0;
    let rate: number | undefined;
    for (let i = 0; i < calls.length; i++) {
      const { kind, layer } = links[i]!.node;
      const call = calls[i]!;
      call.rows = n;
      kind.forward(kernels, call, layer);
      if (call.saved) penalty += kind.penalty!(kernels, call, layer);
      if (measured) rate = kind.rate?.(kernels, call, layer) ?? rate;
    }
    if (apart) place(targets, t, first, n);
    each(address(last), first, n, apart ? t : x, penalty, rate, calls[last]?.saved ?? 0);
  };
  return { rows, take };
}

/** Passes all samples, in order. */
export function forward(...[engine, part, samples, ...rest]: Parameters<typeof passOf>): void {
  const { rows, take } = passOf(engine, part, samples, ...rest);
  for (let first = 0; first < samples.count; first += rows) take(first);
}

/** What comes out of a part for all samples, end to end. */
export function run(engine: Engine, part: Part, samples: Rows, output: Shape): Float32Array<ArrayBuffer> {
  const size = sizeOf(output);
  const result = new Float32Array(samples.count * size);
  forward(engine, part, samples, (y, start, rows) => {
    result.set(engine.memory.floats.subarray(y / 4, y / 4 + rows * size), start * size);
  });
  return result;
}
