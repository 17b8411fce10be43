// The state of the coder of residuals, one block of memory. A copy of the block is a coder with the same statistics.
//
//   stretch ▸ squash ▸ rates ▸ coder ▸ mixers ▸ counters ▸ least squares by channel ▸ scratch ▸ column means
//
// Constants in capitals are byte offsets into the block. Least squares are f64; they predict values and affect no
// probability. All other fields are integers.

/** i16[4096]: 256 · ln(p / (1 - p)) of p / 4096. */
export const STRETCH: usize = 0;
/** u16[4096]: 65536 / (1 + e^(-(i - 2048) / 256)). */
export const SQUASH: usize = STRETCH + 2 * 4096;
/** i32[256]: 65536 / (n + 1.6), the rate of a counter after n bits. */
export const RATES: usize = SQUASH + 2 * 4096;
/** Fields of the range coder and of the mixer: range-coder.ts, mixer.ts. */
export const CODER: usize = RATES + 4 * 256;
const CODER_BYTES: usize = 128;
/** i32[2][64][32][8]: for each of two mixers, 64 sets of eight weights for each of 32 nodes. */
export const MIXERS: usize = CODER + CODER_BYTES;
export const MIXER_BYTES: usize = 64 * 32 * 8 * 4;
/** u32[7][2048][32]: 22 bits of probability and 10 of count, by hashed context and node. */
export const COUNTERS: usize = MIXERS + 2 * MIXER_BYTES;
/**
 * For each of 64 channels, f64: 16×16 products of features, 16 products with the target, 16 weights, a count (u32 in 8 bytes),
 * 4 mean errors, and 8 × 36 of values that have not been added (least-squares.ts).
 */
export const SQUARES: usize = COUNTERS + 7 * 2048 * 32 * 4;
export const SQUARES_BYTES: usize = 8 * (16 * 16 + 16 + 16 + 1 + 4 + 1 + 8 * 36);
/** Offset of the mean errors of the four candidates in a channel's block. */
export const ERRORS: usize = 8 * (16 * 16 + 16 + 16 + 1);
/** f64: 16 features, 16×18 of the Cholesky factor, 4 candidates. */
export const SCRATCH: usize = SQUARES + 64 * SQUARES_BYTES;
export const CANDIDATES: usize = SCRATCH + 8 * (16 + 16 * 18);
/** Whether a line was coded, i32 in 16 bytes, then the mean of each column, i32. */
export const COLUMNS: usize = CANDIDATES + 8 * 4;
export const COLUMN_MEANS: usize = COLUMNS + 16;

/** The initial weights of a mixer: 0.3 in 1/2^14. */
const INITIAL_WEIGHT = 4915;
/** The initial mean error of each candidate. */
const INITIAL_ERROR: f64 = 64;
/** e^(-8) and e^(1/256) as constants, because exp differs between engines. */
const FIRST_ODDS: f64 = 0.00033546262790251185;
const ODDS_RATIO: f64 = 1.0039138893383475;

/** Bytes of the state of a coder of lines of `columns` values. */
export function residualStateBytes(columns: i32): i32 {
  return <i32>COLUMN_MEANS + (columns << 2);
}

/** Initializes a coder without statistics, for lines of `columns` values. */
export function initResidualCoder(s: usize, columns: i32): void {
  let odds = FIRST_ODDS;
  let from = 0;
  for (let i = 0; i < 4096; i++) {
    const p = min(max(<i32>((65536 * odds) / (1 + odds)), 16), 65520);
    odds *= ODDS_RATIO;
    store<u16>(s + SQUASH + ((<usize>i) << 1), p);
    // All p up to this one that have no logit yet. i = 0 is a logit of -2048, which no mixer gives.
    if (i === 0) continue;
    for (; from <= p >> 4; from++) store<i16>(s + STRETCH + ((<usize>from) << 1), i - 2048);
  }
  for (; from < 4096; from++) store<i16>(s + STRETCH + ((<usize>from) << 1), 2047);
  for (let n = 0; n < 256; n++) store<i32>(s + RATES + ((<usize>n) << 2), 655360 / (10 * n + 16));
  memory.fill(s + CODER, 0, MIXERS - CODER);
  const weights = i32x4.splat(INITIAL_WEIGHT);
  for (let p = s + MIXERS; p < s + COUNTERS; p += 32) {
    v128.store(p, weights);
    v128.store(p, i32x4.replace_lane(weights, 3, 0), 16);
  }
  const half = i32x4.splat(i32.MIN_VALUE);
  for (let p = s + COUNTERS; p < s + SQUARES; p += 16) v128.store(p, half);
  memory.fill(s + SQUARES, 0, COLUMN_MEANS - SQUARES + ((<usize>columns) << 2));
  for (let p = s + SQUARES; p < s + SCRATCH; p += SQUARES_BYTES)
    for (let k: usize = 0; k < 32; k += 8) store<f64>(p + k, INITIAL_ERROR, ERRORS);
}
