// Max pooling over volumes, channels last. Windows are cut off at the border. Images have a depth of 1. NaN is never the
// maximum; of equal values the first is, in the order of depth, height, width.

import { loadPart, splat, storePart } from '../simd';

/**
 * y[batch][od][oh][ow][c] = the maximum of each window of x[batch][d][h][w][c]. Windows are kd × kh × kw, strides sd, sh and
 * sw; the first window starts `front`, `top` and `left` before the first value.
 */
export function maxPool3d(
  y: usize,
  x: usize,
  batch: i32,
  d: i32,
  h: i32,
  w: i32,
  c: i32,
  od: i32,
  oh: i32,
  ow: i32,
  kd: i32,
  kh: i32,
  kw: i32,
  sd: i32,
  sh: i32,
  sw: i32,
  front: i32,
  top: i32,
  left: i32,
): void {
  windows(false, y, y, x, batch, d, h, w, c, od, oh, ow, kd, kh, kw, sd, sh, sw, front, top, left);
}

/** dx = the gradient of `maxPool3d`: dy at the maximum of each window. Overwrites dx. */
export function maxPool3dBackward(
  dx: usize,
  dy: usize,
  x: usize,
  batch: i32,
  d: i32,
  h: i32,
  w: i32,
  c: i32,
  od: i32,
  oh: i32,
  ow: i32,
  kd: i32,
  kh: i32,
  kw: i32,
  sd: i32,
  sh: i32,
  sw: i32,
  front: i32,
  top: i32,
  left: i32,
): void {
  memory.fill(dx, 0, (<usize>batch * <usize>d * <usize>h * <usize>w * <usize>c) << 2);
  windows(true, dx, dy, x, batch, d, h, w, c, od, oh, ow, kd, kh, kw, sd, sh, sw, front, top, left);
}

/** Forward `out` is y. Backward `out` is dx, and a second pass over the window finds the position of its maximum. @inline */
function windows(
  backward: bool,
  out: usize,
  dy: usize,
  x: usize,
  batch: i32,
  d: i32,
  h: i32,
  w: i32,
  c: i32,
  od: i32,
  oh: i32,
  ow: i32,
  kd: i32,
  kh: i32,
  kw: i32,
  sd: i32,
  sh: i32,
  sw: i32,
  front: i32,
  top: i32,
  left: i32,
): void {
  const pixel = (<usize>c) << 2;
  const row = <usize>w * pixel;
  const plane = <usize>h * row;
  for (let b = 0; b < batch; b++) {
    for (let oz = 0; oz < od; oz++) {
      const z0 = max(oz * sd - front, 0);
      const z1 = min(oz * sd - front + kd, d);
      for (let oy = 0; oy < oh; oy++) {
        const y0 = max(oy * sh - top, 0);
        const y1 = min(oy * sh - top + kh, h);
        for (let ox = 0; ox < ow; ox++) {
          const x0 = max(ox * sw - left, 0);
          const x1 = min(ox * sw - left + kw, w);
          for (let i = 0; i < c; i += 4) {
            const o = (<usize>i) << 2;
            const rest = c - i;
            let s = splat(-Infinity);
            for (let iz = z0; iz < z1; iz++) {
              for (let iy = y0; iy < y1; iy++) {
                let p = x + <usize>iz * plane + <usize>iy * row + <usize>x0 * pixel + o;
                for (let ix = x0; ix < x1; ix++, p += pixel) s = f32x4.pmax(s, loadPart(p, rest));
              }
            }
            if (!backward) {
              storePart(out + o, s, rest);
              continue;
            }
            const g = loadPart(dy + o, rest);
            let open = i32x4.splat(-1);
            for (let iz = z0; iz < z1; iz++) {
              for (let iy = y0; iy < y1; iy++) {
                let p = <usize>iz * plane + <usize>iy * row + <usize>x0 * pixel + o;
                for (let ix = x0; ix < x1; ix++, p += pixel) {
                  const hit = v128.and(f32x4.eq(loadPart(x + p, rest), s), open);
                  open = v128.andnot(open, hit);
                  storePart(out + p, f32x4.add(loadPart(out + p, rest), v128.and(g, hit)), rest);
                }
              }
            }
          }
          if (backward) dy += pixel;
          else out += pixel;
        }
      }
    }
    x += <usize>d * plane;
    if (backward) out += <usize>d * plane;
  }
}
