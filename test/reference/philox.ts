// Philox4x32-10 with exact integers: J. Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011.

import { erf } from './activations.ts';

type Four = [number, number, number, number];

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

export const uniform = (i: number, step: number, stream: number, seed: number): number =>
  (word(i, step, stream, seed) >>> 8) * 2 ** -24;

/** The number whose normal distribution function is (1 + x) / 2, by bisection. */
export function normalOf(x: number): number {
  let low = -10;
  let high = 10;
  for (let k = 0; k < 100; k++) {
    const middle = (low + high) / 2;
    if (erf(middle / Math.SQRT2) < x) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export const normal = (i: number, step: number, stream: number, seed: number): number =>
  normalOf((2 * (word(i, step, stream, seed) >>> 9) + 1 - 2 ** 23) * 2 ** -23);
