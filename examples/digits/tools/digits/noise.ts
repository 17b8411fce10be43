import { normalNumbers } from '../random.ts';

/** Pixels 0..255 as values 0..1, with normal noise of the given standard deviation added and then clipped to 0..1. */
export function addNoise(pixels: Uint8Array, stddev: number, seed: number): Float32Array {
  const next = normalNumbers(seed);
  return Float32Array.from(pixels, (pixel) => Math.min(Math.max(pixel / 255 + stddev * next(), 0), 1));
}
