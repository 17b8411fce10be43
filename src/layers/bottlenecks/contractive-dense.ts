// The dense layers of an encoder whose contractive penalty is exact, and the gradient of their weights by dz.

import { maxOf } from '../../core/portable-math.ts';
import type { Arena } from '../../engine/arena.ts';
import type { PenalizedStep } from '../../engine/encoder-penalty.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { type Activation, activationCodes } from '../activations.ts';

interface DenseOptions {
  readonly units: number;
  readonly activation?: Activation;
}

/** A dense layer z = x·W + b, y = f(z). Addresses of blocks of `rows` × `units` values where nothing else is said. */
export interface DenseLevel {
  readonly activation: number;
  readonly inputs: number;
  readonly units: number;
  /** [rows][inputs] */
  readonly x: number;
  /** [inputs][units] */
  readonly kernel: number;
  readonly kernelGradient: number;
  /** Gradient of the bias; undefined without one. */
  readonly biasGradient: number | undefined;
  /** What `activateBackward` needs: z for swish and gelu, y for all others. */
  readonly activationInput: number;
  /** f'(z). */
  readonly slopes: number;
  /** Gradient of the penalty by f'(z). */
  readonly slopeGradients: number;
  readonly dz: number;
}

/** Adds the gradients of the kernels, sets the dz of all layers, and returns the penalty. `factor`: the weight / rows. */
export type DensePenalty = (rows: number, factor: number) => number;

const optionsOf = (step: PenalizedStep): DenseOptions => step.layer as unknown as DenseOptions;

/** A dense layer without softmax whose samples are vectors: it is not applied along further axes. */
function isSupported(step: PenalizedStep): boolean {
  const { units, activation } = optionsOf(step);
  return step.layer.type === 'dense' && activation !== 'softmax' && step.call.outputSize === units;
}

/** The layers, with blocks for `batchSize` rows; undefined where the encoder is not a chain of dense layers over vectors. */
export function denseLevels(
  steps: readonly PenalizedStep[],
  batchSize: number,
  arena: Arena,
): readonly DenseLevel[] | undefined {
  if (steps.length === 0 || !steps.every(isSupported)) return undefined;
  return steps.map((step): DenseLevel => {
    const { call } = step;
    const bytes = call.outputSize * batchSize * 4;
    return {
      ...arena.alloc({ slopes: bytes, slopeGradients: bytes, dz: bytes }),
      activation: activationCodes[optionsOf(step).activation ?? 'linear'],
      inputs: call.inputSize,
      units: call.outputSize,
      x: call.x,
      kernel: call.weights[0]!,
      kernelGradient: call.gradients[0]!,
      biasGradient: call.gradients[1],
      activationInput: call.saved || call.y,
    };
  });
}

/** Adds the gradients of kernels and biases by the dz of all layers, from the last layer to the first. */
export function denseBackward(
  levels: readonly DenseLevel[],
  batchSize: number,
  k: Kernels,
  arena: Arena,
  scratch: number,
): (rows: number) => void {
  const widest = maxOf(levels, ({ inputs, units }) => Math.max(inputs, units));
  const { inputGradient, columnSums } = arena.alloc({ inputGradient: widest * batchSize * 4, columnSums: widest * 4 });
  return (rows) => {
    for (let l = levels.length - 1; l >= 0; l--) {
      const { dz, x, inputs, units, kernel, kernelGradient, biasGradient } = levels[l]!;
      k.gemmTN(kernelGradient, x, dz, inputs, units, rows, 1, scratch, inputs);
      if (biasGradient) {
        k.columnSums(columnSums, dz, rows, units);
        k.add(biasGradient, biasGradient, columnSums, units);
      }
      if (l === 0) continue;
      const below = levels[l - 1]!;
      k.gemmNT(inputGradient, dz, kernel, rows, inputs, units, 0, scratch);
      k.activateBackward(inputGradient, inputGradient, below.activationInput, rows, below.units, below.activation);
      k.add(below.dz, below.dz, inputGradient, rows * below.units);
    }
  };
}
