const LIMIT: f64 = 536870912;

/**
 * out[n] = x / unit as an integer, for `codeResiduals` as its side; 0 where x is not a number. `bounds` and `count`: as
 * there.
 */
export function quantizePrediction(out: usize, x: usize, n: i32, unit: f64, bounds: usize, count: i32): void {
  const behind = bounds + ((<usize>count) << 4);
  let own = bounds;
  for (let o: usize = 0; o < (<usize>n) << 2; o += 4) {
    if (count) {
      unit = load<f64>(own);
      own += 16;
      if (own === behind) own = bounds;
    }
    const v = <f64>load<f32>(x + o) / unit;
    store<i32>(out + o, isNaN(v) ? 0 : <i32>floor(min(max(v, -LIMIT), LIMIT) + 0.5));
  }
}
