// Bytes to floats: 0..255 becomes 0..1.

import { splat } from './simd';

/**
 * Four integers in 0..255 divided by 255. 1/255 is split so that a byte times the upper part is exact: the sum is then
 * rounded once, as the division would be (all 256 values are tested).
 * @inline
 */
function fourPixels(v: v128): v128 {
  const f = f32x4.convert_i32x4_s(v);
  return f32x4.add(f32x4.mul(f, splat(0.0039215087890625)), f32x4.mul(f, splat(5.983839201917363e-8)));
}

/** out[n] = x[n] / 255, rounded as the division would be; x are bytes. */
export function pixelsToFloats(out: usize, x: usize, n: i32): void {
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    const v = v128.load(x + i);
    const p = out + ((<usize>i) << 2);
    const low = i16x8.extend_low_i8x16_u(v);
    const high = i16x8.extend_high_i8x16_u(v);
    v128.store(p, fourPixels(i32x4.extend_low_i16x8_u(low)));
    v128.store(p, fourPixels(i32x4.extend_high_i16x8_u(low)), 16);
    v128.store(p, fourPixels(i32x4.extend_low_i16x8_u(high)), 32);
    v128.store(p, fourPixels(i32x4.extend_high_i16x8_u(high)), 48);
  }
  for (; i < n; i++) {
    store<f32>(out + ((<usize>i) << 2), f32x4.extract_lane(fourPixels(i32x4.splat(load<u8>(x + i))), 0));
  }
}
