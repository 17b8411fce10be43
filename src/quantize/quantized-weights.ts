// The 8-bit weights of a layer: for each output, the step with the smallest squared error.

import type { Weights } from '../model/model.ts';
import type { ActivationRange } from './activation-range.ts';
import { columnsOf } from './columns.ts';
import type { InputStatistics } from './input-statistics.ts';

/** Largest integer of a weight. */
const LARGEST = 127;
/** Steps that are compared, from max |w| / 127 down by 2 % each. */
const CANDIDATES = 20;

const rounded = (value: number, step: number): number =>
  Math.max(-LARGEST, Math.min(LARGEST, Math.round(value / step)));

/** The weights of the quantized layer that replaces a layer with `kernel` and perhaps `bias`. */
export function quantizedWeights(
  type: string,
  { kernel, bias }: Weights,
  statistics: InputStatistics,
  range: ActivationRange,
): Weights {
  const { shape, data } = kernel!;
  const columns = columnsOf(type, shape);
  const { count, columnOf, channelOf } = columns;
  const importance = statistics.squares.map((_, channel) => statistics.meanSquare(channel) + 1e-12);
  const steps = bestSteps(data, count, columnOf, (i) => importance[channelOf(i)]!);
  // The bias, in steps of the sums, must have at most 30 bits.
  steps.forEach((step, j) => {
    steps[j] = Math.max(step, Math.abs(bias?.data[j] ?? 0) / (range.step * 2 ** 30));
  });
  const integers = data.map((value, i) => rounded(value, steps[columnOf(i)]!));
  // Rounded weights move the mean of an output; the bias moves it back.
  const biases = Float64Array.from({ length: count }, (_, j) => bias?.data[j] ?? 0);
  integers.forEach((integer, i) => {
    const j = columnOf(i);
    biases[j]! -= statistics.mean(channelOf(i)) * (integer * steps[j]! - data[i]!);
  });
  return {
    kernel: { shape, data: integers },
    'kernel.scale': { shape: columns.shape, data: steps },
    bias: { shape: [count], data: Float32Array.from(biases) },
    input: { shape: [2], data: Float32Array.of(range.step, range.lowest) },
  };
}

/** The step of each column. `importance`: the mean square of the input that a weight multiplies. */
function bestSteps(
  data: Float32Array,
  count: number,
  columnOf: (i: number) => number,
  importance: (i: number) => number,
): Float32Array<ArrayBuffer> {
  const largest = new Float32Array(count);
  data.forEach((value, i) => {
    const j = columnOf(i);
    largest[j] = Math.max(largest[j]!, Math.abs(value));
  });
  const best = new Float32Array(count);
  const smallest = new Float64Array(count).fill(Infinity);
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    // A column of zeros, or of denormal numbers, has any step.
    const steps = largest.map((value) => (value > 1e-30 ? (value / LARGEST) * (1 - candidate / 50) : 1));
    const errors = new Float64Array(count);
    data.forEach((value, i) => {
      const j = columnOf(i);
      errors[j]! += importance(i) * (rounded(value, steps[j]!) * steps[j]! - value) ** 2;
    });
    for (let j = 0; j < count; j++) if (errors[j]! < smallest[j]!) [smallest[j], best[j]] = [errors[j]!, steps[j]!];
  }
  return best;
}
