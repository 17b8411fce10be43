import type { TrainingBuffers } from './buffers.ts';
import type { TrainingSchedule } from './schedule.ts';

/** `size` values a row at `from` that are added to those at `to`. */
export interface Accumulation {
  readonly to: number;
  readonly from: number;
  readonly size: number;
}

/** Where an op's backward pass writes the gradients of its inputs: byte addresses, 0 where no gradient is needed. */
export interface OpGradients {
  readonly inputGradient: number;
  readonly skipInputGradient: number;
  /** Sums to be made after the op's backward pass. */
  readonly accumulations: readonly Accumulation[];
}

/**
 * Assigns a gradient buffer to the inputs of each op. The backward pass runs from the last op to the first. The first op that
 * it meets as a consumer of an output writes that output's gradient; a later consumer writes to a spare buffer, which is then
 * added to the first one's gradient. The batch and the outputs of frozen ops get no gradient.
 */
export function planGradients(
  { ops, frozenOps }: TrainingSchedule,
  { outputGradients, spareGradients }: Pick<TrainingBuffers, 'outputGradients' | 'spareGradients'>,
): OpGradients[] {
  const written = new Set<number>();
  const plans: OpGradients[] = ops.map(() => ({ inputGradient: 0, skipInputGradient: 0, accumulations: [] }));
  for (let i = ops.length - 1; i >= frozenOps; i--) {
    const { input, skipInput } = ops[i]!;
    const accumulations: Accumulation[] = [];
    const gradientTarget = (producer: number | undefined): number => {
      if (producer === undefined || producer < frozenOps) return 0;
      const gradient = outputGradients[producer]!;
      if (!written.has(producer)) {
        written.add(producer);
        return gradient;
      }
      const spare = spareGradients[accumulations.length]!;
      accumulations.push({ to: gradient, from: spare, size: ops[producer]!.node.outputSize });
      return spare;
    };
    // The main input first: the order decides which of the two gradients goes to a spare buffer.
    const inputGradient = gradientTarget(input);
    plans[i] = { inputGradient, skipInputGradient: gradientTarget(skipInput), accumulations };
  }
  return plans;
}
