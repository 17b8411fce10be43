import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Pixels as 0..1 with normal noise added and held in 0..1: what a user's noisy picture would be. */
export function addNoise(pixels: Uint8Array, stddev: number, seed: number): Float32Array {
  const generator = xoroshiro128plus(seed);
  const random = (): number => uniformFloat64(generator);
  return Float32Array.from(pixels, (pixel) => {
    const z = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.min(Math.max(pixel / 255 + stddev * z, 0), 1);
  });
}
