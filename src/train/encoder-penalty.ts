// The penalty on the encoder, such as that of `contractive`, and what it is given of the training step.

import type { Arena } from '../engine/arena.ts';
import { definitionOf } from '../engine/define-layer.ts';
import type { EncoderPenalty, SecondPass } from '../engine/encoder-penalty.ts';
import type { Engine } from '../engine/engine.ts';
import type { Node } from '../engine/graph.ts';
import type { Layer } from '../engine/layer-definition.ts';
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
export interface PenalizedTraining {
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
  training: PenalizedTraining,
): EncoderPenalty | undefined {
  const { network, memory } = engine;
  const { kernels, arena } = training;
  const layer = contractive ?? network.nodes.find(({ path }) => path === 'latent')?.layer;
  const define = layer && definitionOf(layer, 'contractive').contractivePenalty;
  if (!define || network.frozenNodes) return undefined;
  const planSecondPass = (nodes: readonly Node[], rows: number): SecondPass => {
    const { inputShape, inputSize } = nodes[0]!;
    const blocks = arena.alloc({ gradients: network.trainedBytes, input: inputSize * rows * 4 });
    const { output, trained } = planTraining(
      { network: { ...network, nodes }, inputShape, batchSize: rows, seed, extraPass: true },
      { ...blocks, target: 0 },
      memory,
      arena,
    );
    return {
      ...blocks,
      output: output.call,
      forward: (n, step) => runForward(kernels, trained, n, step),
      backward: (n) => runBackward(kernels, trained, n),
    };
  };
  return define({ ...training, network, memory, batchSize, seed, planSecondPass }, layer);
}
