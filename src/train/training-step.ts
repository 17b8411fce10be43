// What a trainer is given, and what it runs.

import type { Node } from '../engine/graph.ts';
import type { Layer, LayerCall } from '../engine/layer-definition.ts';
import type { LossTerm } from '../engine/losses.ts';
import type { Optimizer } from './optimizers/optimizer.ts';

export interface TrainerOptions {
  readonly optimizer: Optimizer;
  readonly loss: readonly LossTerm[];
  readonly corruption: readonly Layer[];
  /** Changes of the samples, and of the targets along with them. Default: none. */
  readonly augment?: readonly Layer[];
  readonly batchSize: number;
  readonly seed: number;
  readonly deterministic: boolean;
  /** The target is a block of its own, not the input. */
  readonly hasTargets: boolean;
  /** Every sample has a weight of its own. */
  readonly hasSampleWeights?: boolean;
  /** Every target's sum is 1. */
  readonly oneHotTargets?: boolean;
  readonly clipNorm: number;
  readonly clipValue: number;
  /** What a bit for each value of a sample costs. Default 0: the rate is not trained. */
  readonly rateWeight?: number;
  /** The penalty on the encoder, if any. */
  readonly contractive?: Layer | undefined;
  /** Instead of a loss: what the output's gradient is, and the value. Without noise and dropout. */
  readonly outputGradient?: (output: LayerCall, rows: number) => number;
}

/** A gradient that is added to another once a layer's backward is done. */
export interface GradientSum {
  readonly to: number;
  readonly from: number;
  readonly size: number;
}

export interface TrainingStep extends Pick<Node, 'definition' | 'layer'> {
  readonly call: LayerCall;
  readonly accumulations: readonly GradientSum[];
}
