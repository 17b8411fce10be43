// The part of an encoder that the contractive penalty is of.

import { wrongValue } from '../../core/errors.ts';
import type { EncoderPenaltyContext, PenalizedStep } from '../../engine/encoder-penalty.ts';
import type { Node, Weight } from '../../engine/graph.ts';
import { schedule } from '../../engine/schedule.ts';

export interface PenalizedEncoder {
  /** The nodes without the normalization layers in front. The first one reads the input, so its source is -1. */
  readonly nodes: readonly Node[];
  /** The layers of these nodes that run in a training step. */
  readonly steps: readonly PenalizedStep[];
  /** Address of what these layers read, and values of one sample there. */
  readonly input: number;
  readonly inputSize: number;
  /** The trained weights of the encoder. */
  readonly weights: readonly Weight[];
}

/** Errors: RangeError for an encoder with nothing to train. */
export function penalizedEncoder({ network, steps, input }: EncoderPenaltyContext): PenalizedEncoder {
  const latent = network.nodes.findIndex(({ path }) => path === 'latent');
  const all = network.nodes.slice(0, latent < 0 ? network.encoderNodes : latent);
  const weights = all.flatMap((node) => node.weights.filter(({ fixed }) => !fixed));
  if (weights.length === 0) throw wrongValue('contractive', 'an encoder with trainable weights', all, 'none');
  const first = firstPenalizedNode(all);
  const opsBefore = (end: number): number => schedule(all, 0, end, true).ops.length;
  const encoderSteps = steps.slice(opsBefore(first), opsBefore(all.length));
  const nodes = all.slice(first).map(
    (node): Node => ({
      ...node,
      source: node.source - first,
      skipInput: node.skipInput === undefined ? undefined : node.skipInput - first,
    }),
  );
  return {
    nodes,
    steps: encoderSteps,
    input: opsBefore(first) ? encoderSteps[0]!.call.x : input,
    inputSize: nodes[0]!.inputSize,
    weights,
  };
}

/**
 * The first node after the leading normalization layers: a change in the units of the data would count most where the
 * channels are smallest. The first node of all where a skip connection leads the data itself around these layers.
 */
function firstPenalizedNode(nodes: readonly Node[]): number {
  const leading = nodes.findIndex(({ definition }) => !definition.identity && !definition.adapt);
  return nodes.some(({ skipInput = leading }) => skipInput < leading - 1) ? 0 : leading;
}
