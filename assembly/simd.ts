// Every kernel comes in two flavours: strict rounds after the product and after the sum, the same on every machine;
// relaxed fuses. Modules are compiled once: two instructions that no kernel uses otherwise stand for the product and the
// sum, and a third for what tells the flavours apart. The build puts in their place what they stand for, which moves no
// other instruction (scripts/wasm.mjs).

/** a·b + c. @inline */
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_max(f32x4.relaxed_min(a, b), c);
}

/** Whether multiply-adds are fused; engines see a constant. @inline */
export function fused(): bool {
  return i32x4.extract_lane(i32x4.relaxed_trunc_f32x4_s(i32x4(0, 0, 0, 0)), 0) !== 0;
}

/** @inline */
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/**
 * A number in four lanes for a global: `const ONE = constant(1)`. What the module works out when it starts, the
 * optimiser cannot turn back into a literal, which V8 puts together anew wherever it stands: three instructions of which
 * two shuffle, where a global is one load. With it sigmoid over 32×784 went from 35 to 20 µs, and `infer` is 8 % smaller.
 */
export function constant(x: f32): v128 {
  return f32x4.splat(x);
}

/** The same of an integer. */
export function integers(x: i32): v128 {
  return i32x4.splat(x);
}

// Inlined wherever they stand, which the compiler does not do by itself where it is to make modules small: a call in
// every turn, even one that only the last turn makes, costs the cheap loops twice to five times their time.

/** The first `count` (1 to 4) floats at `p`; the lanes beyond are zero and memory there is not read. @inline */
export function loadPart(p: usize, count: i32): v128 {
  if (count >= 4) return v128.load(p);
  let v = v128.load32_zero(p);
  if (count > 1) v = v128.load_lane<f32>(p, v, 1, 4);
  if (count > 2) v = v128.load_lane<f32>(p, v, 2, 8);
  return v;
}

/** Stores the first `count` (1 to 4) lanes and touches nothing beyond them. @inline */
export function storePart(p: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(p, v);
    return;
  }
  v128.store_lane<f32>(p, v, 0);
  if (count > 1) v128.store_lane<f32>(p, v, 1, 4);
  if (count > 2) v128.store_lane<f32>(p, v, 2, 8);
}
