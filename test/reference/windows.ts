// Convolutions and pooling with any padding, in float64, by their definitions. One axis is described by the
// position where the first window begins.

export interface Side {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly behind: number;
}

/** An axis with TensorFlow's `same`, `valid`, or zeros before and after. */
export function side(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: 'same' | 'valid' | readonly [number, number],
): Side {
  const reach = (kernel - 1) * dilation + 1;
  const total = padding === 'same' ? Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0) : 0;
  const [before, behind] =
    typeof padding === 'string' ? [Math.floor(total / 2), total - Math.floor(total / 2)] : padding;
  return { size, kernel, stride, dilation, before, behind };
}

/** Windows along an axis. */
export const places = ({ size, kernel, stride, dilation, before, behind }: Side): number =>
  Math.floor((before + size + behind - ((kernel - 1) * dilation + 1)) / stride) + 1;

/** Calls `each` with [output index, input index, kernel index] along an axis, for inputs inside the image. */
function along(s: Side, each: (place: number, at: number, tap: number) => void): void {
  for (let place = 0; place < places(s); place++)
    for (let tap = 0; tap < s.kernel; tap++) {
      const at = place * s.stride + tap * s.dilation - s.before;
      if (at >= 0 && at < s.size) each(place, at, tap);
    }
}

/** y[batch][oh][ow][n] from x[batch][h][w][c] and weights [kh][kw][c][n]. */
export function convolve(
  x: Float64Array, weights: Float64Array, batch: number, v: Side, h: Side, c: number, n: number,
): Float64Array {
  const [oh, ow] = [places(v), places(h)];
  const y = new Float64Array(batch * oh * ow * n);
  for (let b = 0; b < batch; b++)
    along(v, (oy, iy, ky) =>
      along(h, (ox, ix, kx) => {
        for (let i = 0; i < c; i++)
          for (let j = 0; j < n; j++)
            y[((b * oh + oy) * ow + ox) * n + j]! +=
              x[((b * v.size + iy) * h.size + ix) * c + i]! * weights[((ky * h.kernel + kx) * c + i) * n + j]!;
      }),
    );
  return y;
} // biome-ignore format: sizes

/** y[batch][oh][ow][c·multiplier] from weights [kh][kw][c][multiplier]. */
export function convolveDepthwise(
  x: Float64Array, weights: Float64Array, batch: number, v: Side, h: Side, c: number, multiplier: number,
): Float64Array {
  const [oh, ow, n] = [places(v), places(h), c * multiplier];
  const y = new Float64Array(batch * oh * ow * n);
  for (let b = 0; b < batch; b++)
    along(v, (oy, iy, ky) =>
      along(h, (ox, ix, kx) => {
        for (let j = 0; j < n; j++)
          y[((b * oh + oy) * ow + ox) * n + j]! +=
            x[((b * v.size + iy) * h.size + ix) * c + Math.floor(j / multiplier)]! *
            weights[(ky * h.kernel + kx) * n + j]!;
      }),
    );
  return y;
} // biome-ignore format: sizes

/** The largest values of windows over volumes [batch][d][h][w][c]. */
export function largest(x: Float64Array, batch: number, d: Side, v: Side, h: Side, c: number): Float64Array {
  const [od, oh, ow] = [places(d), places(v), places(h)];
  const y = new Float64Array(batch * od * oh * ow * c).fill(-Infinity);
  for (let b = 0; b < batch; b++)
    along(d, (oz, iz) =>
      along(v, (oy, iy) =>
        along(h, (ox, ix) => {
          for (let i = 0; i < c; i++) {
            const at = (((b * od + oz) * oh + oy) * ow + ox) * c + i;
            y[at] = Math.max(y[at]!, x[(((b * d.size + iz) * v.size + iy) * h.size + ix) * c + i]!);
          }
        }),
      ),
    );
  return y;
}
