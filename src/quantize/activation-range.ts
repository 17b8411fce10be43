// Selects the range of the 8-bit integers of an input by the smallest expected squared error. A range that excludes the largest values
// has smaller steps for all other values.

import type { InputStatistics } from './input-statistics.ts';

export interface ActivationRange {
  readonly step: number;
  /** The integer of the smallest value, -255..0: 0 is always the integer 0. */
  readonly lowest: number;
}

/** The integers of a range are the lowest one and the next 255. */
const STEPS = 255;
/** Ends of a range that are compared: fractions of the largest value. */
const CANDIDATES = 96;

/** Pixels: the integers are the bytes. */
export const PIXEL_RANGE: ActivationRange = { step: Math.fround(1 / STEPS), lowest: 0 };

/**
 * Expected squared error of a range, summed over the histogram: a twelfth of the squared step for a value within the range, the squared
 * distance to the end of the range for a value beyond. The value 0 has no error.
 */
function expectedError({ histogram, minimum, maximum }: InputStatistics, low: number, high: number): number {
  const width = (maximum - minimum) / histogram.length;
  const rounding = ((high - low) / STEPS) ** 2 / 12;
  let error = 0;
  for (let i = 0; i < histogram.length; i++) {
    const value = minimum + (i + 0.5) * width;
    const beyond = Math.max(low - value, value - high, 0);
    error += histogram[i]! * (beyond > 0 ? beyond * beyond : rounding);
  }
  return error;
}

/** The fraction of `end` with the smallest error. */
function bestEnd(end: number, errorOf: (end: number) => number): number {
  let best = end;
  let smallest = errorOf(end);
  for (let i = 1; i < CANDIDATES; i++) {
    const candidate = end * (1 - i / CANDIDATES);
    const error = errorOf(candidate);
    if (error < smallest) [best, smallest] = [candidate, error];
  }
  return best;
}

/** The best range for an input. */
export function activationRange(statistics: InputStatistics): ActivationRange {
  const { minimum, maximum } = statistics;
  if (minimum === maximum) return PIXEL_RANGE;
  let [low, high] = [minimum, maximum];
  // The best upper end depends on the lower end, and the reverse.
  for (let round = 0; round < 2; round++) {
    high = maximum && bestEnd(maximum, (end) => expectedError(statistics, low, end));
    low = minimum && bestEnd(minimum, (end) => expectedError(statistics, end, high));
  }
  const step = Math.fround((high - low) / STEPS);
  // A range of denormal numbers has no step.
  return step > 1e-30 ? { step, lowest: Math.round(low / step) || 0 } : PIXEL_RANGE;
}
