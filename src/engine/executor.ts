// Forward through a part of the network, chunk by chunk.

import { maxOf } from '../core/portable-math.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import type { SampleBatch } from '../data/sample-batch.ts';
import type { Memory } from '../wasm/memory.ts';
import type { Engine } from './engine.ts';
import type { Node } from './graph.ts';
import type { BottleneckCall, JoinCall, LayerCall } from './layer-call.ts';
import { assignBuffers, schedule } from './schedule.ts';

/** Rows that pass at once: enough to pack a panel of weights for, few enough to stay in the L2 cache. */
const MAX_ROWS = 128;
/** Values of one layer that pass at once, unless a single row has more: 1 MB. */
const MAX_VALUES = 2 ** 18;

/** What a call takes from the node of its layer. A transform of samples has no node, but the same fields. */
type CallSource = Pick<Node, 'layer' | 'weights' | 'inputShape' | 'inputSize' | 'outputSize' | 'sparseInput'> & {
  readonly definition: Pick<Node['definition'], 'plan'>;
};

/** A call whose addresses of activations are to be set, for inference. */
export function newCall(node: CallSource, memory: Memory): LayerCall & Partial<JoinCall & BottleneckCall> {
  const { layer, definition, weights, inputShape, inputSize, outputSize, sparseInput } = node;
  return {
    rows: 0,
    firstRow: 0,
    x: 0,
    y: 0,
    dx: 0,
    dy: 0,
    weights: weights.map((weight) => memory.parameters + weight.offset),
    gradients: [],
    saved: 0,
    workspace: 0,
    scratch: memory.scratch,
    inputShape,
    inputSize,
    outputSize,
    training: undefined,
    random: { step: 0, stream: 0, seedLow: 0, seedHigh: 0 },
    plan: definition.plan?.(layer, inputShape),
    ...(sparseInput && { sparseInput }),
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
export interface NodeRange {
  readonly start: number;
  readonly end: number;
}

/** Takes `rows` samples from `first` on, or what is left of them. Nothing outlives it: others may pass between. */
interface Pass {
  readonly rows: number;
  run(first: number): void;
}

/** A pass through a part that calls `each` for its chunk. Without `targets` a chunk is compared with itself. */
export function planPass(
  engine: Engine,
  { start, end }: NodeRange,
  samples: SampleBatch,
  each: Each,
  targets = samples,
  measured = false,
): Pass {
  const { memory, kernels } = engine;
  const { ops, last } = schedule(engine.network.nodes, start, end, false);
  const { block, sizes } = assignBuffers(ops);
  const widest = maxOf(sizes, (size) => size, samples.size);
  const rows = Math.min(MAX_ROWS, samples.count, Math.max(1, Math.floor(MAX_VALUES / widest)));
  const targetSize = targets === samples ? 0 : targets.size;
  const stagingBytes = Math.max(samples.pixels ? samples.size : 0, targets.pixels ? targetSize : 0);
  const workspaceBytes = maxOf(ops, ({ node }) => node.definition.workspace?.(node.layer, node.inputShape, rows) ?? 0);
  const savedValues = ops.map(({ node }) =>
    measured && node.definition.penaltyInEvaluation
      ? (node.definition.saved?.(node.layer, node.inputShape, rows) ?? 0)
      : 0,
  );
  const blocks = engine.allocatePerCall(
    {
      pixels: stagingBytes * rows,
      input: samples.size * rows * 4,
      target: targetSize * rows * 4,
      workspace: workspaceBytes,
      outputs: sizes.map((size) => size * rows * 4),
      saved: savedValues.map((values) => values * 4),
    },
    'activations',
  );
  const { pixels, input: x, target: t, workspace } = blocks;
  const address = (op: number): number => (op < 0 ? x : blocks.outputs[block[op]!]!);
  const outputValues = last < 0 ? samples.size : ops[last]!.node.outputSize;
  const calls = ops.map(({ node, input, skipInput }, i) => {
    return {
      ...newCall(node, memory),
      x: address(input),
      ...(skipInput !== undefined && { skipInput: address(skipInput) }),
      y: address(i),
      saved: savedValues[i] ? blocks.saved[i]! : 0,
      outputValues,
      workspace,
    };
  });
  const loadSamples = (source: SampleBatch, to: number, first: number, n: number): void => {
    source.copyRange(memory, source.pixels ? pixels : to, first, n);
    if (source.pixels) kernels.pixelsToFloats(to, pixels, n * source.size);
  };
  const run = (first: number): void => {
    const n = Math.min(rows, samples.count - first);
    loadSamples(samples, x, first, n);
    let penalty = 0;
    let rate: number | undefined;
    for (let i = 0; i < calls.length; i++) {
      const { definition, layer } = ops[i]!.node;
      const call = calls[i]!;
      call.rows = n;
      definition.forward(kernels, call, layer);
      if (call.saved) penalty += definition.penalty!(kernels, call as BottleneckCall, layer).loss;
      if (measured) rate = definition.codeBits?.(kernels, call as BottleneckCall, layer) ?? rate;
    }
    if (targetSize) loadSamples(targets, t, first, n);
    each(address(last), first, n, targetSize ? t : x, penalty, rate, calls[last]?.saved ?? 0);
  };
  return { rows, run };
}

/** Passes all samples, in order. */
export function forEachChunk(...[engine, part, samples, ...rest]: Parameters<typeof planPass>): void {
  const { rows, run } = planPass(engine, part, samples, ...rest);
  for (let first = 0; first < samples.count; first += rows) run(first);
}

/** What comes out of a part for all samples, end to end. */
export function runNetwork(
  engine: Engine,
  part: NodeRange,
  samples: SampleBatch,
  output: Shape,
): Float32Array<ArrayBuffer> {
  const size = sizeOf(output);
  const result = new Float32Array(samples.count * size);
  forEachChunk(engine, part, samples, (y, start, rows) => {
    result.set(engine.memory.floats.subarray(y / 4, y / 4 + rows * size), start * size);
  });
  return result;
}
