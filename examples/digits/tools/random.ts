// Random numbers from a seed, the same on every machine.

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Uniform numbers in [0, 1) with 53 random bits. */
export function uniformNumbers(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** Normal numbers of mean 0 and standard deviation 1 (Box and Muller, 1958). */
export function normalNumbers(seed: number): () => number {
  const random = uniformNumbers(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
