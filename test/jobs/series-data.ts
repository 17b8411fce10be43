// Series with known anomalies.

import { normalNumbers } from '../../tools/random.ts';

/** A daily pattern of 48 rows with noise of a tenth of its amplitude. */
export function pattern(length: number, seed: number): Float64Array {
  const normal = normalNumbers(seed);
  return Float64Array.from({ length }, (_, i) => 20 + Math.sin((2 * Math.PI * i) / 48) + 0.1 * normal());
}

/** White noise. */
export function noise(length: number, seed: number): Float64Array {
  const normal = normalNumbers(seed);
  return Float64Array.from({ length }, () => normal());
}

/** The sums of white noise. */
export function walk(length: number, seed: number): Float64Array {
  let sum = 0;
  return noise(length, seed).map((value) => {
    sum += value;
    return sum;
  });
}
