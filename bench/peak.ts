// AssemblyScript, compiled by asc: the peak rate of multiply-adds in a WebAssembly module. Twelve independent sums keep
// the units busy, and their factors stay in registers.

import { madd } from '../assembly/simd';

/** Does 96 · n floating-point operations. With n up to 65535 the loop ends soon, and V8 replaces its slow first tier. */
export function peak(n: i32, x: f32): f32 {
  const a = f32x4.splat(x),
    b = f32x4.splat(1 - x);
  let s0 = a,
    s1 = b,
    s2 = a,
    s3 = b,
    s4 = a,
    s5 = b,
    s6 = a,
    s7 = b,
    s8 = a,
    s9 = b,
    sa = a,
    sb = b;
  for (let i = 0; i < n; i++) {
    s0 = madd(s0, a, b);
    s1 = madd(s1, a, b);
    s2 = madd(s2, a, b);
    s3 = madd(s3, a, b);
    s4 = madd(s4, a, b);
    s5 = madd(s5, a, b);
    s6 = madd(s6, a, b);
    s7 = madd(s7, a, b);
    s8 = madd(s8, a, b);
    s9 = madd(s9, a, b);
    sa = madd(sa, a, b);
    sb = madd(sb, a, b);
  }
  s0 = f32x4.add(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)), f32x4.add(f32x4.add(s4, s5), f32x4.add(s6, s7)));
  s0 = f32x4.add(s0, f32x4.add(f32x4.add(s8, s9), f32x4.add(sa, sb)));
  return f32x4.extract_lane(s0, 0);
}
