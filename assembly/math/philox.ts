// Philox4x32-10, a counter-based generator: J. Salmon et al., Parallel random
// numbers: as easy as 1, 2, 3, SC 2011. Number i of a stream depends on nothing but
// (seed, stream, step, i), so streams never depend on the order of calls.
//
// Sixteen numbers come at once: blocks 4g to 4g+3 side by side in the four lanes.
//
//   number i:  g = i >> 4   word = (i >> 2) & 3   lane = i & 3
//   counter = [4g + lane, step, 0, stream]   key = [seed low, seed high]

/** The upper halves of four 32×32-bit products. @inline */
function high(a: v128, m: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(a, m), i64x2.extmul_high_i32x4_u(a, m), 1, 3, 5, 7);
}

/** Sixteen 32-bit words of group `g` to `out` (64 bytes). */
export function philox(out: usize, g: u32, step: u32, stream: u32, seedLow: u32, seedHigh: u32): void {
  let c0 = i32x4.add(i32x4.splat(g << 2), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(step);
  let c2 = i32x4.splat(0);
  let c3 = i32x4.splat(stream);
  const m0 = i32x4.splat(0xd2511f53);
  const m1 = i32x4.splat(0xcd9e8d57);
  for (let round = 0; round < 10; round++) {
    const h0 = high(c0, m0);
    const h1 = high(c2, m1);
    const l0 = i32x4.mul(c0, m0);
    const l1 = i32x4.mul(c2, m1);
    c0 = v128.xor(v128.xor(h1, c1), i32x4.splat(seedLow));
    c2 = v128.xor(v128.xor(h0, c3), i32x4.splat(seedHigh));
    c1 = l1;
    c3 = l0;
    seedLow += 0x9e3779b9;
    seedHigh += 0xbb67ae85;
  }
  v128.store(out, c0);
  v128.store(out, c1, 16);
  v128.store(out, c2, 32);
  v128.store(out, c3, 48);
}
