// Upsampling by integer factors, channels last: nearest, or bilinear with half-pixel centers (tf.image.resize).

import { loadPart, madd, splat, storePart } from './simd';

/** @inline */
function position(o: i32, factor: i32): f32 {
  return (<f32>o + 0.5) / <f32>factor - 0.5;
}

/** y[batch][h·fh][w·fw][c] from x[batch][h][w][c]. With `backward`, y is a gradient: x += its gradient; x must start at zero. */
export function resize(
  y: usize,
  x: usize,
  batch: i32,
  h: i32,
  w: i32,
  c: i32,
  fh: i32,
  fw: i32,
  bilinear: bool,
  backward: bool,
): void {
  const pixel = (<usize>c) << 2;
  const row = <usize>w * pixel;
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < h * fh; oy++) {
      let y0 = oy / fh;
      let y1 = y0;
      let v: f32 = 0;
      if (bilinear) {
        const at = max(position(oy, fh), 0);
        y0 = <i32>at;
        y1 = min(y0 + 1, h - 1);
        v = at - <f32>y0;
      }
      for (let ox = 0; ox < w * fw; ox++) {
        let x0 = ox / fw;
        let x1 = x0;
        let u: f32 = 0;
        if (bilinear) {
          const at = max(position(ox, fw), 0);
          x0 = <i32>at;
          x1 = min(x0 + 1, w - 1);
          u = at - <f32>x0;
        }
        const p00 = x + <usize>y0 * row + <usize>x0 * pixel;
        if (!bilinear) {
          if (backward) add(p00, y, c, splat(1));
          else memory.copy(y, p00, pixel);
        } else {
          const p01 = x + <usize>y0 * row + <usize>x1 * pixel;
          const p10 = x + <usize>y1 * row + <usize>x0 * pixel;
          const p11 = x + <usize>y1 * row + <usize>x1 * pixel;
          const w00 = splat((1 - v) * (1 - u));
          const w01 = splat((1 - v) * u);
          const w10 = splat(v * (1 - u));
          const w11 = splat(v * u);
          if (backward) {
            add(p00, y, c, w00);
            add(p01, y, c, w01);
            add(p10, y, c, w10);
            add(p11, y, c, w11);
          } else {
            for (let i = 0; i < c; i += 4) {
              const o = (<usize>i) << 2;
              const left = c - i;
              let s = f32x4.mul(loadPart(p00 + o, left), w00);
              s = madd(loadPart(p01 + o, left), w01, s);
              s = madd(loadPart(p10 + o, left), w10, s);
              storePart(y + o, madd(loadPart(p11 + o, left), w11, s), left);
            }
          }
        }
        y += pixel;
      }
    }
    x += <usize>h * row;
  }
}

/** x[c] += weight · y[c]. */
function add(x: usize, y: usize, c: i32, weight: v128): void {
  for (let i = 0; i < c; i += 4) {
    const o = (<usize>i) << 2;
    const left = c - i;
    storePart(x + o, madd(loadPart(y + o, left), weight, loadPart(x + o, left)), left);
  }
}
