// Moves two products before their sums: `s0 = x·b0 + s0, s1 = x·b1 + s1` becomes `x·b0, x·b1, + s1, + s0` on the stack of
// WebAssembly. A source file cannot express this order, because the compiler moves each product to its sum. AMD's Zen processors
// assign consecutive operations to two units in turn. If products and sums alternate, each unit gets one kind only: a strict matrix
// product then reaches 43 instead of 48 GFLOP/s. Bits and size stay the same.

/** The number of a local variable, as a pattern. */
const LOCAL = '([\\x00-\\x7f]|[\\x80-\\xff][\\x00-\\x7f])';
/** The instructions local.get and local.set, and the placeholders of assembly/simd.ts: f32x4.relaxed_min and relaxed_max. */
const GET = '\x20';
const SET = '\x21';
const PRODUCT = '\xfd\x8d\x02';
const SUM = '\xfd\x8e\x02';

/** The instructions after the first product: a0 is added and the sum is s0; then x, b1, their product, its sum s1 with a1. */
const TWO_SUMS = new RegExp(
  `^${GET}${LOCAL}${SUM}${SET}${LOCAL}${GET}${LOCAL}${GET}${LOCAL}${PRODUCT}${GET}${LOCAL}${SUM}${SET}${LOCAL}`,
  's',
);
/** Bytes of the longest match. */
const LONGEST = 26;

/** Reorders the instructions of `bytes` that start at `at`, right after a product, if they match. */
export function pairProducts(bytes, at) {
  const text = Buffer.from(bytes.subarray(at, at + LONGEST)).toString('latin1');
  const [found, a0, s0, x, b1, a1, s1] = TWO_SUMS.exec(text) ?? [];
  if (!found || [x, b1, a1, s1].includes(s0) || s1 === a0) return;
  const paired = [GET, x, GET, b1, PRODUCT, GET, a1, SUM, SET, s1, GET, a0, SUM, SET, s0].join('');
  bytes.set(Buffer.from(paired, 'latin1'), at);
}
