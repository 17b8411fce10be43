// The penalty of a contractive encoder, and its gradient, added to those of the loss.

import type { Arena } from '../../engine/arena.ts';
import { type Engine, seedWords } from '../../engine/engine.ts';
import type { Node } from '../../engine/graph.ts';
import { randomStreams } from '../../engine/initialize.ts';
import type { Layer, LayerCall } from '../../engine/layer-definition.ts';
import type { ContractiveOptions } from '../../layers/bottlenecks/contractive.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { exactPenalty } from './exact.ts';

/** A layer of the encoder as training lays it out. */
export interface EncoderStep {
  readonly layer: Layer;
  readonly call: LayerCall;
}

/** The encoder alone, laid out a second time: forward, what `differentiate` makes of the code, and backward. */
export interface SecondEncoder {
  readonly input: number;
  /** Where it puts its gradients, laid out as those of the whole. */
  readonly gradientBlock: number;
  gradients(rows: number, step: number): number;
}

export interface PenaltyContext {
  readonly engine: Engine;
  readonly kernels: Kernels;
  /** Layers of the encoder that do something while training, in order. */
  readonly encoder: readonly EncoderStep[];
  readonly nodes: readonly Node[];
  readonly batchSize: number;
  readonly seed: number;
  /** The batch, as it comes out of normalization layers that stand first, and the block of gradients. */
  readonly input: number;
  readonly gradients: number;
  /** For blocks that last for a step. */
  readonly arena: Arena;
  /** Lays the encoder out once more, for so many rows. */
  planSecondEncoder(rows: number, differentiate: (call: LayerCall, rows: number) => number): SecondEncoder;
}

/** Adds the gradients of a batch; returns the penalty. */
export type ContractivePenalty = (rows: number, step: number) => number;

/**
 * Half the distance of the two inputs whose codes are compared, in deviations of the direction: float32 keeps five digits
 * of the difference then, and the error of the curve is a ten-thousandth.
 */
const FINITE_DIFFERENCE_STEP = 1e-2;

export function contractivePenalty(setting: PenaltyContext, o: ContractiveOptions): ContractivePenalty {
  return exactPenalty(setting, o.weight) ?? projectedPenalty(setting, o);
}

/** E‖J·v‖² = ‖J‖² for v of N(0, I); J·v by the codes at x ± v·REACH. */
function projectedPenalty(
  setting: PenaltyContext,
  { weight, projections = 1 }: ContractiveOptions,
): ContractivePenalty {
  const { engine, kernels: k, batchSize, input, gradients, nodes, seed } = setting;
  const size = nodes[0]!.inputSize;
  const weights = nodes.flatMap((node) => node.weights.filter((weight) => !weight.fixed));
  const factor = (rows: number): number =>
    weight / (4 * FINITE_DIFFERENCE_STEP * FINITE_DIFFERENCE_STEP * rows * projections);
  const encoder = setting.planSecondEncoder(2 * batchSize, (call, rows) => {
    const f = factor(rows / 2);
    return f * k.squaredDistance(call.dy, call.y, (rows / 2) * call.outputSize, f);
  });
  const words = seedWords(seed);
  return (rows, step) => {
    let total = 0;
    const n = rows * size;
    for (let i = 0; i < projections; i++) {
      const stream = randomStreams.contraction + i;
      const move = (to: number, by: number): void =>
        k.addNormal(to, input, n, by, -Infinity, Infinity, 0, engine.memory.scratch, step, stream, ...words);
      move(encoder.input, FINITE_DIFFERENCE_STEP);
      move(encoder.input + 4 * n, -FINITE_DIFFERENCE_STEP);
      total += encoder.gradients(2 * rows, step);
      for (const { offset, size: count } of weights) {
        k.add(gradients + offset, gradients + offset, encoder.gradientBlock + offset, count);
      }
    }
    return total;
  };
}
