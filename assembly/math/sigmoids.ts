// The sigmoid of many values, with the bits of `sigmoid`.

import { rest, roundedQuotient, scaledPower, sigmoidOfPower, upperTerms, withinRange } from './exp';

/**
 * y[count] = 1 / (1 + e^-z), `count` a multiple of 16. y may be z. Vectors in sequence take 39 µs for 32×784 on a Zen 4: a sigmoid
 * is a chain of 26 dependent operations, and the processor overlaps about five sigmoids. Four interleaved vectors take 24 µs. Each
 * step is stored, although no code reads it: the compiler moves an operation to the use of its result, but not beyond a store.
 */
export function sigmoids(y: usize, z: usize, count: i32): void {
  for (const end = z + ((<usize>count) << 2); z < end; z += 64, y += 64) {
    const x0 = withinRange(f32x4.neg(v128.load(z)));
    const x1 = withinRange(f32x4.neg(v128.load(z, 16)));
    const x2 = withinRange(f32x4.neg(v128.load(z, 32)));
    const x3 = withinRange(f32x4.neg(v128.load(z, 48)));
    const q0 = roundedQuotient(x0);
    const q1 = roundedQuotient(x1);
    const q2 = roundedQuotient(x2);
    const q3 = roundedQuotient(x3);
    const r0 = rest(x0, q0);
    v128.store(y, r0);
    const r1 = rest(x1, q1);
    v128.store(y, r1, 16);
    const r2 = rest(x2, q2);
    v128.store(y, r2, 32);
    const r3 = rest(x3, q3);
    v128.store(y, r3, 48);
    const u0 = upperTerms(r0);
    v128.store(y, u0);
    const u1 = upperTerms(r1);
    v128.store(y, u1, 16);
    const u2 = upperTerms(r2);
    v128.store(y, u2, 32);
    const u3 = upperTerms(r3);
    v128.store(y, u3, 48);
    const p0 = scaledPower(u0, r0, q0);
    v128.store(y, p0);
    const p1 = scaledPower(u1, r1, q1);
    v128.store(y, p1, 16);
    const p2 = scaledPower(u2, r2, q2);
    v128.store(y, p2, 32);
    const p3 = scaledPower(u3, r3, q3);
    v128.store(y, p3, 48);
    v128.store(y, sigmoidOfPower(p0));
    v128.store(y, sigmoidOfPower(p1), 16);
    v128.store(y, sigmoidOfPower(p2), 32);
    v128.store(y, sigmoidOfPower(p3), 48);
  }
}
