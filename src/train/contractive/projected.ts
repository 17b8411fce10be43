// The penalty of a contractive encoder, and its gradient, added to those of the loss.

import { type Engine, wordsOf } from '../../engine/engine.ts';
import type { Node } from '../../engine/graph.ts';
import { streams } from '../../engine/initialize.ts';
import type { Call, Layer } from '../../engine/layer-definition.ts';
import type { ContractiveOptions } from '../../layers/bottlenecks/contractive.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { exact } from './exact.ts';

/** A layer of the encoder as training lays it out. */
export interface Laid {
  readonly layer: Layer;
  readonly call: Call;
}

/** The encoder alone, laid out a second time: forward, what `differentiate` makes of the code, and backward. */
export interface Twice {
  readonly input: number;
  /** Where it puts its gradients, laid out as those of the whole. */
  readonly block: number;
  gradients(rows: number, step: number): number;
}

export interface Setting {
  readonly engine: Engine;
  readonly kernels: Kernels;
  /** Layers of the encoder that do something while training, in order. */
  readonly encoder: readonly Laid[];
  readonly nodes: readonly Node[];
  readonly batchSize: number;
  readonly seed: number;
  /** The batch, as it comes out of normalization layers that stand first, and the block of gradients. */
  readonly input: number;
  readonly gradients: number;
  /** Addresses of blocks that last for a step. */
  room(sizes: readonly number[]): number[];
  /** Lays the encoder out once more, for so many rows. */
  twice(rows: number, differentiate: (call: Call, rows: number) => number): Twice;
}

/** Adds the gradients of a batch; returns the penalty. */
export type Contraction = (rows: number, step: number) => number;

/**
 * Half the distance of the two inputs whose codes are compared, in deviations of the direction: float32 keeps five digits
 * of the difference then, and the error of the curve is a ten-thousandth.
 */
const REACH = 1e-2;

export function contraction(setting: Setting, o: ContractiveOptions): Contraction {
  return exact(setting, o.weight) ?? along(setting, o);
}

/** E‖J·v‖² = ‖J‖² for v of N(0, I); J·v by the codes at x ± v·REACH. */
function along(setting: Setting, { weight, projections = 1 }: ContractiveOptions): Contraction {
  const { engine, kernels: k, batchSize, input, gradients, nodes, seed } = setting;
  const size = nodes[0]!.inputSize;
  const weights = nodes.flatMap((node) => node.weights.filter((weight) => !weight.fixed));
  const factor = (rows: number): number => weight / (4 * REACH * REACH * rows * projections);
  const encoder = setting.twice(2 * batchSize, (call, rows) => {
    const f = factor(rows / 2);
    return f * k.squaredDistance(call.dy, call.y, (rows / 2) * call.outputSize, f);
  });
  const words = wordsOf(seed);
  return (rows, step) => {
    let total = 0;
    const n = rows * size;
    for (let i = 0; i < projections; i++) {
      const stream = streams.contraction + i;
      const move = (to: number, by: number): void =>
        k.addNormal(to, input, n, by, -Infinity, Infinity, 0, engine.memory.scratch, step, stream, ...words);
      move(encoder.input, REACH);
      move(encoder.input + 4 * n, -REACH);
      total += encoder.gradients(2 * rows, step);
      for (const { offset, size: count } of weights) {
        k.add(gradients + offset, gradients + offset, encoder.block + offset, count);
      }
    }
    return total;
  };
}
