import { linearCongruential } from '../tools/linear-congruential.ts';

/**
 * Digits of black and white pixels, drawn at random: a pixel of grey g is 255 with probability g / 255, otherwise 0
 * (Salakhutdinov and Murray, 2008). The same seed gives the same pixels.
 */
export function binarised(pixels: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  const next = linearCongruential(seed * 2654435761 + 1);
  return Uint8Array.from(pixels, (value) => (next() >>> 8 < (value / 255) * 2 ** 24 ? 255 : 0));
}
