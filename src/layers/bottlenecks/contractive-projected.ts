import * as randomStreams from '../../core/random-streams.ts';
import type { EncoderPenalty, EncoderPenaltyContext } from '../../engine/encoder-penalty.ts';
import { seedWords } from '../../engine/engine.ts';
import type { PenalizedEncoder } from './contractive-encoder.ts';

/**
 * Half the distance of the two inputs whose codes are compared, in standard deviations of the direction. float32 then keeps
 * five digits of the difference, and the curvature of the encoder changes it by a ten-thousandth.
 */
const FINITE_DIFFERENCE_STEP = 1e-2;

/**
 * An estimate of ‖J‖² for any encoder: E‖J·v‖² = ‖J‖² for v ~ N(0, I) (Hutchinson, 1990), with J·v by central differences:
 * the codes of x + v·step and x - v·step, which one batch of twice the rows holds.
 */
export function projectedPenalty(
  { kernels: k, memory, batchSize, gradients, seed, planSecondPass }: EncoderPenaltyContext,
  { nodes, input, inputSize, weights }: PenalizedEncoder,
  weight: number,
  projections: number,
): EncoderPenalty {
  const secondPass = planSecondPass(nodes, 2 * batchSize);
  const { y, dy, outputSize } = secondPass.output;
  const words = seedWords(seed);
  return (rows, step) => {
    const n = rows * inputSize;
    const factor = weight / (4 * FINITE_DIFFERENCE_STEP * FINITE_DIFFERENCE_STEP * rows * projections);
    let total = 0;
    for (let i = 0; i < projections; i++) {
      const stream = randomStreams.contraction + i;
      const shift = (to: number, by: number): void =>
        k.addNormal(to, input, n, by, -Infinity, Infinity, 0, memory.scratch, step, stream, ...words);
      shift(secondPass.input, FINITE_DIFFERENCE_STEP);
      shift(secondPass.input + 4 * n, -FINITE_DIFFERENCE_STEP);
      secondPass.forward(2 * rows, step);
      total += factor * k.squaredDistance(dy, y, rows * outputSize, factor);
      secondPass.backward(2 * rows);
      for (const { offset, size } of weights) {
        k.add(gradients + offset, gradients + offset, secondPass.gradients + offset, size);
      }
    }
    return total;
  };
}
