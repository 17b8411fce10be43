// ‖∂code/∂input‖² of a chain of dense layers, and its gradient.

import type { EncoderPenalty, EncoderPenaltyContext } from '../../engine/encoder-penalty.ts';
import { type DenseLevel, type DensePenalty, denseBackward, denseLevels } from './contractive-dense.ts';
import type { PenalizedEncoder } from './contractive-encoder.ts';
import { layersPenalty } from './contractive-layers.ts';

/** One layer: Σ f'(z)² of each unit, times the squared norm of the unit's column of W. */
function layerPenalty(
  { kernels: k, memory, batchSize, arena }: EncoderPenaltyContext,
  level: DenseLevel,
): DensePenalty {
  const { inputs, units, activation, activationInput, kernel, kernelGradient, slopes, slopeGradients, dz } = level;
  const { norms, squares, zeros, kernelProduct, ones } = arena.alloc({
    norms: units * 4,
    squares: units * 4,
    zeros: units * 4,
    kernelProduct: inputs * units * 4,
    ones: batchSize * units * 4,
  });
  return (rows, factor) => {
    const n = rows * units;
    memory.floats.fill(1, ones / 4, ones / 4 + n);
    k.clear(zeros, units);
    k.activateBackward(slopes, ones, activationInput, rows, units, activation);
    k.multiply(kernelProduct, kernel, kernel, inputs * units);
    k.columnSums(norms, kernelProduct, inputs, units);
    k.multiply(slopeGradients, slopes, slopes, n);
    k.columnSums(squares, slopeGradients, rows, units);
    const values = memory.floats;
    let total = 0;
    for (let j = 0; j < units; j++) {
      total += values[norms / 4 + j]! * values[squares / 4 + j]!;
      values[norms / 4 + j]! *= 2 * factor;
      values[squares / 4 + j]! *= 2 * factor;
    }
    // By W: 2·W·Σ f'². By f': 2·f'·‖column‖².
    k.affine(kernelProduct, kernel, squares, zeros, inputs, units);
    k.add(kernelGradient, kernelGradient, kernelProduct, inputs * units);
    k.affine(slopeGradients, slopes, norms, zeros, rows, units);
    k.clear(dz, n);
    k.activationSecondDerivative(dz, slopeGradients, ones, activationInput, n, activation);
    return factor * total;
  };
}

/** The exact penalty; undefined where the encoder is not a chain of dense layers over vectors. */
export function exactPenalty(
  context: EncoderPenaltyContext,
  { steps }: PenalizedEncoder,
  weight: number,
): EncoderPenalty | undefined {
  const { batchSize, kernels, arena, memory } = context;
  const levels = denseLevels(steps, batchSize, arena);
  if (!levels) return undefined;
  const penalty = levels.length === 1 ? layerPenalty(context, levels[0]!) : layersPenalty(context, levels);
  const backward = denseBackward(levels, batchSize, kernels, arena, memory.scratch);
  return (rows) => {
    const value = penalty(rows, weight / rows);
    backward(rows);
    return value;
  };
}
