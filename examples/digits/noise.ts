import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Numbers with a normal distribution, of mean 0 and deviation 1 (Box and Muller). */
export function normal(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  const random = (): number => uniformFloat64(generator);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Pixels as 0..1 with normal noise added and held in 0..1: what a user's noisy picture would be. */
export function addNoise(pixels: Uint8Array, stddev: number, seed: number): Float32Array {
  const next = normal(seed);
  return Float32Array.from(pixels, (pixel) => Math.min(Math.max(pixel / 255 + stddev * next(), 0), 1));
}
