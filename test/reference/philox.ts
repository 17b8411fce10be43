// Philox4x32-10 with exact integers: J. Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011.

import { erf, erfc } from './activations.ts';

export type Four = [number, number, number, number];

/** Ten rounds; the key is incremented before each but the first. Tested with tests/kat_vectors of Random123 1.14. */
export function philox(counter: Four, key: [number, number]): Four {
  let [a, b, c, d] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k, l] = key.map(BigInt) as [bigint, bigint];
  const low = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const p = 0xd2511f53n * a;
    const q = 0xcd9e8d57n * c;
    [a, b, c, d] = [(q >> 32n) ^ b ^ k, q & low, (p >> 32n) ^ d ^ l, p & low];
    k = (k + 0x9e3779b9n) & low;
    l = (l + 0xbb67ae85n) & low;
  }
  return [Number(a), Number(b), Number(c), Number(d)];
}

/** Number i of a stream, in the order of assembly/math/philox.ts. */
export function word(i: number, step: number, stream: number, seed: number): number {
  const block = 4 * (i >> 4) + (i & 3);
  return philox([block, step, 0, stream], [seed % 2 ** 32, Math.floor(seed / 2 ** 32)])[(i >> 2) & 3]!;
}

/** Number i as an even step of 2^-24 in [0, 1). */
export const uniform = (i: number, step: number, stream: number, seed: number): number =>
  (word(i, step, stream, seed) >>> 8) * 2 ** -24;

/**
 * The y with erf(y) = x, -1 < x < 1, by Newton's steps from 0. Both curves bend away from their tangents, so the steps
 * approach from one side and never leave. From 0.5 on erfc, because 1 - erf has too few digits in the tails.
 */
export function erfinv(x: number): number {
  const a = Math.abs(x);
  let y = 0;
  for (let k = 0; k < 100; k++) {
    const missing = a < 0.5 ? a - erf(y) : erfc(y) - (1 - a);
    const move = (missing * Math.sqrt(Math.PI)) / (2 * Math.exp(-y * y));
    y += move;
    if (Math.abs(move) <= 1e-16 * y) break;
  }
  return Math.sign(x) * y;
}

/** The z, with the sign of x, for which a normal number is in -|z|..|z| with probability |x|. */
export const normalOf = (x: number): number => Math.SQRT2 * erfinv(x);

/** Number i as a normal number, from an odd multiple of 2^-23 in (-1, 1): never -1, 0 or 1. */
export const normal = (i: number, step: number, stream: number, seed: number): number =>
  normalOf((2 * (word(i, step, stream, seed) >>> 9) + 1 - 2 ** 23) * 2 ** -23);
