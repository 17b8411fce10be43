// Pooling, channels last. Windows are cut off at the border. One-dimensional pooling has a height of 1.

import { loadPart, splat, storePart } from './simd';

/**
 * y[batch][oh][ow][c] from x[batch][h][w][c]: the maximum of each window, or with `average` the mean of the values inside the
 * border. Windows are kh × kw, strides sh and sw; the first window starts `top` above and `left` of the first value.
 */
export function pool(
  y: usize,
  x: usize,
  batch: i32,
  h: i32,
  w: i32,
  c: i32,
  oh: i32,
  ow: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  average: bool,
): void {
  const pixel = (<usize>c) << 2;
  const row = <usize>w * pixel;
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < oh; oy++) {
      const y0 = max(oy * sh - top, 0);
      const y1 = min(oy * sh - top + kh, h);
      for (let ox = 0; ox < ow; ox++) {
        const x0 = max(ox * sw - left, 0);
        const x1 = min(ox * sw - left + kw, w);
        const share = splat(<f32>(1.0 / <f64>max((y1 - y0) * (x1 - x0), 1)));
        for (let i = 0; i < c; i += 4) {
          const o = (<usize>i) << 2;
          const rest = c - i;
          let s = average ? splat(0) : splat(-Infinity);
          for (let iy = y0; iy < y1; iy++) {
            let p = x + <usize>iy * row + <usize>x0 * pixel + o;
            for (let ix = x0; ix < x1; ix++) {
              const v = loadPart(p, rest);
              s = average ? f32x4.add(s, v) : f32x4.max(s, v);
              p += pixel;
            }
          }
          storePart(y + o, average ? f32x4.mul(s, share) : s, rest);
        }
        y += pixel;
      }
    }
    x += <usize>h * row;
  }
}

/** dx += the gradient of `pool`: dy to the first maximum of a window, or an equal part to each value. dx must start at zero. */
export function poolBackward(
  dx: usize,
  dy: usize,
  y: usize,
  x: usize,
  batch: i32,
  h: i32,
  w: i32,
  c: i32,
  oh: i32,
  ow: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  average: bool,
): void {
  const pixel = (<usize>c) << 2;
  const row = <usize>w * pixel;
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < oh; oy++) {
      const y0 = max(oy * sh - top, 0);
      const y1 = min(oy * sh - top + kh, h);
      for (let ox = 0; ox < ow; ox++) {
        const x0 = max(ox * sw - left, 0);
        const x1 = min(ox * sw - left + kw, w);
        const share = splat(<f32>(1.0 / <f64>max((y1 - y0) * (x1 - x0), 1)));
        for (let i = 0; i < c; i += 4) {
          const o = (<usize>i) << 2;
          const rest = c - i;
          const g = average ? f32x4.mul(loadPart(dy + o, rest), share) : loadPart(dy + o, rest);
          const largest = average ? g : loadPart(y + o, rest);
          let open = i32x4.splat(-1);
          for (let iy = y0; iy < y1; iy++) {
            let p = <usize>iy * row + <usize>x0 * pixel + o;
            for (let ix = x0; ix < x1; ix++) {
              let v = g;
              if (!average) {
                const hit = v128.and(f32x4.eq(loadPart(x + p, rest), largest), open);
                open = v128.andnot(open, hit);
                v = v128.and(g, hit);
              }
              storePart(dx + p, f32x4.add(loadPart(dx + p, rest), v), rest);
              p += pixel;
            }
          }
        }
        dy += pixel;
        y += pixel;
      }
    }
    x += <usize>h * row;
    dx += <usize>h * row;
  }
}
