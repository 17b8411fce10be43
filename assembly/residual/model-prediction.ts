// The prediction of the model on the grid of the residual coder.

/** Predictions are clamped to this size. */
const MAX_VALUE: f64 = 536870912;

/**
 * out[n] = x / unit rounded to an integer, for `modelPrediction` of codeResiduals; 0 where x is NaN. `bounds` and `count` as in
 * codeResiduals.
 */
export function quantizePrediction(out: usize, x: usize, n: i32, unit: f64, bounds: usize, count: i32): void {
  const boundsEnd = bounds + ((<usize>count) << 4);
  let nextBound = bounds;
  for (let o: usize = 0; o < (<usize>n) << 2; o += 4) {
    if (count) {
      unit = load<f64>(nextBound);
      nextBound += 16;
      if (nextBound === boundsEnd) nextBound = bounds;
    }
    const v = <f64>load<f32>(x + o) / unit;
    store<i32>(out + o, isNaN(v) ? 0 : <i32>floor(min(max(v, -MAX_VALUE), MAX_VALUE) + 0.5));
  }
}
