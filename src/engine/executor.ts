// The forward pass through some nodes of a network, chunk by chunk.

import { maxOf } from '../core/portable-math.ts';
import type { Shape } from '../core/shape.ts';
import type { SampleBatch } from '../data/sample-batch.ts';
import type { Address } from '../wasm/kernels.ts';
import type { Memory } from '../wasm/memory.ts';
import { allocate } from './arena.ts';
import type { Engine } from './engine.ts';
import type { Node } from './graph.ts';
import type { BottleneckCall, JoinCall, LayerCall } from './layer-call.ts';
import { assignBuffers, schedule } from './schedule.ts';

/** Maximum rows of a chunk: enough to amortise packing a panel of weights, few enough to stay in the L2 cache. */
export const MAX_ROWS = 128;
/** Maximum values of one layer's output in a chunk, unless a single row has more: 1 MB. */
const MAX_VALUES = 2 ** 18;

/** The fields of a node that a call uses. A transform of samples has the same fields, but no node. */
type CallSource = Pick<Node, 'layer' | 'weights' | 'inputShape' | 'inputSize' | 'outputSize' | 'sparseInput'> & {
  readonly definition: Pick<Node['definition'], 'type' | 'plan'>;
};

type AnyCall = LayerCall & Partial<JoinCall & BottleneckCall>;

/** The call of a node with some members set. Without them, the call is one of inference and addresses of activations are 0. */
export function newCall(node: CallSource, memory: Memory, members?: Partial<AnyCall>): AnyCall {
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
    ...members,
  };
}

/** The results of a pass for a chunk of samples. Addresses are valid until the pass runs again. */
export interface Chunk {
  /** Address of the output, [rows][values]. */
  readonly output: number;
  /** Address of the targets, converted to floats; of the samples where there are no targets. */
  readonly target: number;
  /** Index of the first sample. */
  readonly firstRow: number;
  readonly rows: number;
  /** Penalty of the bottleneck; 0 unless it is measured. */
  readonly penalty: number;
  /** Bits of all codes of the chunk; undefined unless they are measured and training has learnt a prior. */
  readonly bits: number | undefined;
  /** Address of the values that the last layer saved; 0 unless its penalty is measured. */
  readonly saved: number;
}

/** Samples of a pass, which are copied to the memory chunk by chunk. */
export type PassSamples = Pick<SampleBatch, 'count' | 'size' | 'pixels' | 'copyRange'>;

export interface PassOptions {
  /** Default: the samples themselves. */
  readonly targets?: PassSamples | undefined;
  /** Computes the penalty and the bits of the bottleneck. Default false. */
  readonly measured?: boolean;
  /** Called before each layer: its path, the address of its input and the number of values of the input. */
  readonly observe?: (path: string, x: number, values: number) => void;
  /** Maximum rows of a chunk. Default and maximum 128. */
  readonly maxRows?: number | undefined;
}

/** A pass whose samples are checked when it begins. */
export interface CheckedPass {
  readonly engine: Engine;
  readonly range: NodeRange;
  /** Errors: those of the samples. */
  readonly check: () => SampleBatch;
  readonly outputShape: Shape;
  /** Multiplications for one sample. */
  readonly multiplications: number;
}

/** Nodes of a network from `start` to before `end`. */
export interface NodeRange {
  readonly start: number;
  readonly end: number;
}

/**
 * A forward pass over samples, in chunks. Each run uses blocks of a call, so no other pass and no training step may run between a
 * run and the use of its chunk.
 */
export interface Pass {
  /** Samples of a chunk; the last chunk may have fewer. */
  readonly rows: number;
  /** Addresses to which the samples and the targets of a chunk are copied as they are: bytes or floats. */
  readonly samplesAddress: Address;
  readonly targetsAddress: Address;
  /** Copies the samples from `firstRow` on, and their targets, to the memory and runs the nodes on them. */
  run(firstRow: number): Chunk;
  /** Runs the nodes on a chunk that lies at `samplesAddress` and `targetsAddress`. */
  compute(firstRow: number, rows: number): Chunk;
}

/** The properties of samples that a plan depends on: their number, the values of a sample, and whether the values are bytes. */
export type SampleFormat = Pick<SampleBatch, 'count' | 'size' | 'pixels'>;

/** As `PassOptions`, with the format of the targets. */
interface PlanOptions {
  readonly targets?: SampleFormat | undefined;
  readonly measured?: boolean;
  readonly observe?: PassOptions['observe'] | undefined;
  readonly maxRows?: number | undefined;
}

/** A plan of a pass that knows no samples: the caller copies them. */
export interface PassPlan extends Omit<Pass, 'run'> {
  /** The block of all addresses of the plan. */
  readonly address: Address;
  readonly bytes: number;
}

/** Plans a pass through some nodes. Errors: RangeError when the runtime has no more memory. */
export function planPass(
  engine: Engine,
  range: NodeRange,
  samples: PassSamples,
  { targets = samples, measured = false, observe, maxRows }: PassOptions = {},
): Pass {
  const { memory } = engine;
  const { rows, samplesAddress, targetsAddress, compute } = planChunks(engine, range, samples, {
    targets: targets === samples ? undefined : targets,
    measured,
    observe,
    maxRows,
  });
  const run = (firstRow: number): Chunk => {
    const n = Math.min(rows, samples.count - firstRow);
    samples.copyRange(memory, samplesAddress, firstRow, n);
    if (targets !== samples) targets.copyRange(memory, targetsAddress, firstRow, n);
    return compute(firstRow, n);
  };
  return { rows, samplesAddress, targetsAddress, run, compute };
}

/** `planPass` without the samples, which the plan must not keep alive. */
export function planChunks(
  engine: Engine,
  { start, end }: NodeRange,
  { count, size, pixels: isBytes }: SampleFormat,
  { targets, measured, observe, maxRows = MAX_ROWS }: PlanOptions = {},
): PassPlan {
  const { memory, kernels } = engine;
  const { ops, last } = schedule(engine.network.nodes, start, end, false);
  const { block, sizes } = assignBuffers(ops);
  const widest = maxOf(sizes, (values) => values, size);
  const rows = Math.min(maxRows, MAX_ROWS, count, Math.max(1, Math.floor(MAX_VALUES / widest)));
  const targetSize = targets?.size ?? 0;
  const saved = ops.map(({ node: { definition, layer, inputShape } }) =>
    measured && definition.penaltyInEvaluation ? 4 * (definition.saved?.(layer, inputShape, rows) ?? 0) : 0,
  );
  const workspaceBytes = maxOf(
    ops,
    ({ node: { definition, layer, inputShape } }) => definition.workspace?.(layer, inputShape, rows) ?? 0,
  );
  let address = 0;
  let bytes = 0;
  const blocks = allocate(
    {
      pixels: isBytes ? size * rows : 0,
      targetPixels: targets?.pixels ? targetSize * rows : 0,
      input: size * rows * 4,
      target: targetSize * rows * 4,
      workspace: workspaceBytes,
      outputs: sizes.map((values) => values * rows * 4),
      saved,
    },
    (total) => {
      bytes = total;
      address = engine.reservePerCall(bytes, 'activations');
      return address;
    },
  );
  const { pixels, targetPixels, input: x, target: t, workspace } = blocks;
  const samplesAddress = isBytes ? pixels : x;
  const targetsAddress = targets?.pixels ? targetPixels : t;
  const outputAddress = (op: number): number => (op < 0 ? x : blocks.outputs[block[op]!]!);
  const outputValues = last < 0 ? size : ops[last]!.node.outputSize;
  const calls = ops.map(({ node, input, skipInput }, i) =>
    newCall(node, memory, {
      x: outputAddress(input),
      ...(skipInput !== undefined && { skipInput: outputAddress(skipInput) }),
      y: outputAddress(i),
      saved: saved[i] ? blocks.saved[i]! : 0,
      outputValues,
      workspace,
    }),
  );
  ops.forEach(({ node }, at) => {
    node.definition.link?.({ network: engine.network, ops, calls, last }, at);
  });
  const compute = (firstRow: number, n: number): Chunk => {
    if (isBytes) kernels.pixelsToFloats(x, pixels, n * size);
    let penalty = 0;
    let bits: number | undefined;
    for (let i = 0; i < calls.length; i++) {
      const { definition, layer, path, inputSize } = ops[i]!.node;
      const call = calls[i]!;
      call.rows = n;
      observe?.(path, call.x, n * inputSize);
      definition.forward(kernels, call, layer);
      if (call.saved) penalty += definition.penalty!(kernels, call as BottleneckCall, layer).loss;
      if (measured) bits = definition.codeBits?.(kernels, call as BottleneckCall, layer) ?? bits;
    }
    if (targets?.pixels) kernels.pixelsToFloats(t, targetPixels, n * targetSize);
    const target = targetSize ? t : x;
    return { output: outputAddress(last), target, firstRow, rows: n, penalty, bits, saved: calls[last]?.saved ?? 0 };
  };
  return { rows, samplesAddress, targetsAddress, compute, address, bytes };
}

/** Runs some nodes on all samples, in order, and calls `use` with each chunk. Errors: as `planPass`. */
export function forEachChunk(
  engine: Engine,
  range: NodeRange,
  samples: PassSamples,
  use: (chunk: Chunk) => void,
  options?: PassOptions,
): void {
  const { rows, run } = planPass(engine, range, samples, options);
  for (let firstRow = 0; firstRow < samples.count; firstRow += rows) use(run(firstRow));
}
