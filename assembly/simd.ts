// Each kernel has two flavours. Strict rounds after the product and after the sum, so that results are the same on every
// machine; relaxed fuses both into one instruction. A module is compiled once: f32x4.relaxed_min and relaxed_max, which no
// kernel uses otherwise, are placeholders for the product and the sum, and relaxed_trunc of zeros for the flavour itself.
// The build replaces the placeholders (scripts/encode-text.mjs); all other instructions are the same, in the same order.

/** a·b + c. @inline */
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_max(f32x4.relaxed_min(a, b), c);
}

/** Whether this flavour fuses multiply-adds: a constant to the engine, which drops the branch not taken. @inline */
export function fused(): bool {
  return i32x4.extract_lane(i32x4.relaxed_trunc_f32x4_s(i32x4(0, 0, 0, 0)), 0) !== 0;
}

/** @inline */
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** The lanes of v clamped to low..high; NaN stays NaN. @inline */
export function clampTo(v: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(v, splat(low)), splat(high));
}

/** `size` with the sign of each lane of v; 0 where v is 0. @inline */
export function withSign(size: f32, v: v128): v128 {
  return v128.and(v128.or(v128.and(v, i32x4.splat(0x80000000)), splat(size)), f32x4.ne(v, splat(0)));
}

/**
 * A number in four lanes for a global: `const ONE = constant(1)`. The module computes it when it starts, so that the
 * optimizer cannot turn it back into a literal. V8 builds a literal at each use with three instructions, two of which
 * shuffle; a global is one load. Sigmoid over 32×784 went from 35 to 20 µs, and `infer` became 8 % smaller.
 */
export function constant(x: f32): v128 {
  return f32x4.splat(x);
}

/** An integer in four lanes for a global. */
export function integers(x: i32): v128 {
  return i32x4.splat(x);
}

// loadPart and storePart are inlined at each use. A call in each iteration, even one that only the last iteration makes,
// slows cheap loops down by a factor of 2 to 5.

/** The first `count` floats at `p`, up to four; other lanes are zero, and their memory is not read. @inline */
export function loadPart(p: usize, count: i32): v128 {
  if (count >= 4) return v128.load(p);
  let v = v128.load32_zero(p);
  if (count > 1) v = v128.load_lane<f32>(p, v, 1, 4);
  if (count > 2) v = v128.load_lane<f32>(p, v, 2, 8);
  return v;
}

/** Stores the first `count` lanes, up to four, and does not change the memory after them. @inline */
export function storePart(p: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(p, v);
    return;
  }
  v128.store_lane<f32>(p, v, 0);
  if (count > 1) v128.store_lane<f32>(p, v, 1, 4);
  if (count > 2) v128.store_lane<f32>(p, v, 2, 8);
}
