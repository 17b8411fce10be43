// What the coder of residuals knows, as one block of memory: a copy of it is a coder that has seen what this one has.
//
//   stretch ▸ squash ▸ rates ▸ coder ▸ mixers ▸ counters ▸ least squares by channel ▸ scratch ▸ column means
//
// All is integers but the least squares, which predict and steer no probability.

/** i16[4096]: 256 · ln(p / (1 - p)) of p / 4096. */
export const STRETCH: usize = 0;
/** u16[4096]: 65536 / (1 + e^(-(i - 2048) / 256)). */
export const SQUASH: usize = 8192;
/** i32[256]: 65536 / (n + 1.6), how far a counter moves that has seen n bits. */
export const RATES: usize = 16384;
/** Fields of the entropy coder: see bit.ts. */
export const CODER: usize = 17408;
/** i32[2][64][32][8]: two sets of weights, each chosen by a context and the node. */
export const MIXERS: usize = 17536;
/** u32[7][2048][32]: 22 bits of probability and 10 of count, by hashed context and node. */
export const COUNTERS: usize = 148608;
/** f64: 16×16 products, 16 products with what was to be predicted, 16 weights, a count, 4 mean errors. */
export const SQUARES: usize = 1983616;
export const SQUARES_BYTES: usize = 2368;
/** f64: 16 features, 16 of the half solution, 16×16 of the factor, 4 candidates. */
export const SCRATCH: usize = 2135168;
/** Lines seen, and from 16 bytes on the mean of every column. */
export const COLUMNS: usize = 2137504;

/** A mixer begins with 0.3 of every opinion, in 1 / 2^14. */
const WEIGHT = 4915;
/** e^(-8) and e^(1/256): what is not worked out here would differ between engines. */
const LEAST: f64 = 0.00033546262790251185;
const STEP: f64 = 1.0039138893383475;

/** A coder that has seen nothing, for lines of `columns` values. */
export function initResidualCoder(s: usize, columns: i32): void {
  let odds = LEAST;
  let from = 0;
  for (let i = 0; i < 4096; i++) {
    const p = min(max(<i32>((65536 * odds) / (1 + odds)), 16), 65520);
    odds *= STEP;
    store<u16>(s + SQUASH + ((<usize>i) << 1), p);
    // Every p up to this one that had no stretch yet; i = 0 is -2048, which no mixer gives.
    if (i === 0) continue;
    for (; from <= p >> 4; from++) store<i16>(s + STRETCH + ((<usize>from) << 1), i - 2048);
  }
  for (; from < 4096; from++) store<i16>(s + STRETCH + ((<usize>from) << 1), 2047);
  for (let n = 0; n < 256; n++) store<i32>(s + RATES + ((<usize>n) << 2), 655360 / (10 * n + 16));
  memory.fill(s + CODER, 0, MIXERS - CODER);
  const weights = i32x4.splat(WEIGHT);
  for (let p = s + MIXERS; p < s + COUNTERS; p += 32) {
    v128.store(p, weights);
    v128.store(p, i32x4.replace_lane(weights, 3, 0), 16);
  }
  const even = i32x4.splat(i32.MIN_VALUE);
  for (let p = s + COUNTERS; p < s + SQUARES; p += 16) v128.store(p, even);
  memory.fill(s + SQUARES, 0, COLUMNS - SQUARES + 16 + ((<usize>columns) << 2));
  for (let p = s + SQUARES; p < s + SCRATCH; p += SQUARES_BYTES)
    for (let k: usize = 0; k < 32; k += 8) store<f64>(p + k, 64, 2312);
}
