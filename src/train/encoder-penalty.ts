// The penalty on the encoder, such as that of `contractive`: which layers it is of, and what it is given of the training step.

import { wrongValue } from '../core/errors.ts';
import type { Arena } from '../engine/arena.ts';
import { definitionOf } from '../engine/define-layer.ts';
import type { EncoderPenalty, SecondEncoder } from '../engine/encoder-penalty.ts';
import type { Engine } from '../engine/engine.ts';
import type { Node } from '../engine/graph.ts';
import type { Layer } from '../engine/layer-definition.ts';
import { schedule } from '../engine/schedule.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { planTraining } from './plan/plan.ts';
import { runBackward, runForward, type TrainingStep } from './plan/step.ts';

export interface PenaltyOptions {
  /** The penalty that `fit` was given, if any. Default: the bottleneck, if it is one. */
  readonly contractive?: Layer | undefined;
  readonly batchSize: number;
  readonly seed: number;
}

/** Addresses and steps of the training step that the penalty is added to. */
export interface PenalizedStep {
  readonly kernels: Kernels;
  readonly arena: Arena;
  readonly input: number;
  readonly gradients: number;
  readonly steps: readonly TrainingStep[];
}

/** Undefined without a penalty, and where the encoder is frozen. Errors: RangeError for an encoder with nothing to train. */
export function encoderPenaltyOf(
  engine: Engine,
  { contractive, batchSize, seed }: PenaltyOptions,
  { kernels, arena, input, gradients, steps }: PenalizedStep,
): EncoderPenalty | undefined {
  const { network, memory } = engine;
  const latent = network.nodes.findIndex(({ path }) => path === 'latent');
  const layer = contractive ?? network.nodes[latent]?.layer;
  const define = layer && definitionOf(layer, 'contractive').contractivePenalty;
  if (!define || network.frozenNodes) return undefined;
  const all = network.nodes.slice(0, latent < 0 ? network.encoderNodes : latent);
  const weights = all.flatMap((node) => node.weights.filter(({ fixed }) => !fixed));
  if (weights.length === 0) throw wrongValue('contractive', 'an encoder with something to train', all, 'none');
  const first = firstPenalizedNode(all);
  const opsBefore = (end: number): number => schedule(all, 0, end, true).ops.length;
  const encoder = steps.slice(opsBefore(first), opsBefore(all.length));
  const nodes = all.slice(first).map(
    (node): Node => ({
      ...node,
      source: node.source - first,
      skipInput: node.skipInput === undefined ? undefined : node.skipInput - first,
    }),
  );
  const { inputShape, inputSize } = nodes[0]!;
  const planSecondEncoder = (rows: number): SecondEncoder => {
    const blocks = arena.alloc({ gradients: network.trainedBytes, input: inputSize * rows * 4 });
    const encoderNetwork = { ...network, nodes };
    const plan = planTraining(
      { network: encoderNetwork, inputShape, batchSize: rows, seed, extraPass: true },
      { ...blocks, target: 0 },
      memory,
      arena,
    );
    return {
      ...blocks,
      output: plan.output.call,
      forward: (n, step) => runForward(kernels, plan.trained, n, step),
      backward: (n) => runBackward(kernels, plan.trained, n),
    };
  };
  const context = {
    kernels, memory, arena, batchSize, seed, encoder, inputSize, gradients, weights, planSecondEncoder,
    input: opsBefore(first) ? encoder[0]!.call.x : input,
  }; // biome-ignore format: a list
  return define(context, layer);
}

/**
 * The first node after the leading normalization layers: a change in the units of the data would count most where the
 * channels are smallest. The first node of all where a skip connection leads the data itself around these layers.
 */
function firstPenalizedNode(nodes: readonly Node[]): number {
  const leading = nodes.findIndex(({ definition }) => !definition.identity && !definition.adapt);
  return nodes.some(({ skipInput = leading }) => skipInput < leading - 1) ? 0 : leading;
}
