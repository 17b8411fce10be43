// Layers on images in float64, by their definitions: loops over indices. Signals are images of one line.

import { forward as activate } from './activations.ts';
import type { LayerRow, Options, Shape, Tensor } from './layers.ts';

const two = (value: number | [number, number] | undefined, otherwise = 1): [number, number] =>
  Array.isArray(value) ? value : [value ?? otherwise, value ?? otherwise];

/** Windows along an axis, and zeros before it: TensorFlow's `same` and `valid`. */
function windowCount(
  length: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding = 'valid',
): [number, number] {
  const reach = (kernel - 1) * dilation + 1;
  if (padding === 'valid') return [Math.floor((length - reach) / stride) + 1, 0];
  const count = Math.ceil(length / stride);
  return [count, Math.floor(Math.max((count - 1) * stride + reach - length, 0) / 2)];
}

/** Calls `each` with [sample, oy, ox, iy, ix, ky, kx] for each value of each window that is inside the image. */
function windows(rows: number, [h, w]: Shape, o: Options, each: (...at: number[]) => void): [number, number] {
  const [[kh, kw], [sh, sw], [dh, dw]] = [two(o.kernelSize ?? o.poolSize), two(o.strides), two(o.dilationRate)];
  const [[oh, top], [ow, left]] = [windowCount(h!, kh, sh, dh, o.padding), windowCount(w!, kw, sw, dw, o.padding)];
  for (let b = 0; b < rows; b++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let ky = 0; ky < kh; ky++)
          for (let kx = 0; kx < kw; kx++) {
            const [iy, ix] = [oy * sh + ky * dh - top, ox * sw + kx * dw - left];
            if (iy >= 0 && iy < h! && ix >= 0 && ix < w!) each(b, oy, ox, iy, ix, ky, kx);
          }
  return [oh, ow];
}

export function conv2d(o: Options, { shape, data }: Tensor, rows: number, kernel: Float64Array, n: number): Tensor {
  const [h, w, c] = shape as [number, number, number];
  const [, kw] = two(o.kernelSize);
  const [oh, ow] = windows(0, shape, o, () => {});
  const y = new Float64Array(rows * oh * ow * n);
  windows(rows, shape, o, (b, oy, ox, iy, ix, ky, kx) => {
    for (let i = 0; i < c; i++)
      for (let f = 0; f < n; f++)
        y[((b! * oh + oy!) * ow + ox!) * n + f]! +=
          data[((b! * h + iy!) * w + ix!) * c + i]! * kernel[((ky! * kw + kx!) * c + i) * n + f]!;
  });
  return { shape: [oh, ow, n], data: y };
}

export function conv2dTranspose(
  o: Options,
  { shape, data }: Tensor,
  rows: number,
  kernel: Float64Array,
  f: number,
): Tensor {
  const [h, w, c] = shape as [number, number, number];
  const [[kh, kw], [sh, sw], [dh, dw]] = [two(o.kernelSize), two(o.strides), two(o.dilationRate)];
  const grown = (side: number, k: number, s: number, d: number): number =>
    o.padding === 'same' ? side * s : side * s + Math.max((k - 1) * d + 1 - s, 0);
  const [bh, bw] = [grown(h, kh, sh, dh), grown(w, kw, sw, dw)];
  const y = new Float64Array(rows * bh * bw * f);
  // The transpose of the convolution from its output to its input.
  windows(rows, [bh, bw], o, (b, oy, ox, iy, ix, ky, kx) => {
    for (let i = 0; i < c; i++)
      for (let g = 0; g < f; g++)
        y[((b! * bh + iy!) * bw + ix!) * f + g]! +=
          data[((b! * h + oy!) * w + ox!) * c + i]! * kernel[((ky! * kw + kx!) * f + g) * c + i]!;
  });
  return { shape: [bh, bw, f], data: y };
}

export function depthwise(
  o: Options,
  { shape, data }: Tensor,
  rows: number,
  kernel: Float64Array,
  multiplier: number,
): Tensor {
  const [h, w, c] = shape as [number, number, number];
  const [, kw] = two(o.kernelSize);
  const n = c * multiplier;
  const [oh, ow] = windows(0, shape, o, () => {});
  const y = new Float64Array(rows * oh * ow * n);
  windows(rows, shape, o, (b, oy, ox, iy, ix, ky, kx) => {
    for (let i = 0; i < n; i++) {
      const from = Math.floor(i / multiplier);
      y[((b! * oh + oy!) * ow + ox!) * n + i]! +=
        data[((b! * h + iy!) * w + ix!) * c + from]! *
        kernel[((ky! * kw + kx!) * c + from) * multiplier + (i % multiplier)]!;
    }
  });
  return { shape: [oh, ow, n], data: y };
}

export function pool(o: Options, { shape, data }: Tensor, rows: number, average: boolean): Tensor {
  const [h, w, c] = shape as [number, number, number];
  const options = { ...o, poolSize: o.poolSize ?? 2, strides: o.strides ?? o.poolSize ?? 2 };
  const [oh, ow] = windows(0, shape, options, () => {});
  const y = new Float64Array(rows * oh * ow * c).fill(average ? 0 : -Infinity);
  const counts = new Float64Array(y.length);
  windows(rows, shape, options, (b, oy, ox, iy, ix) => {
    for (let i = 0; i < c; i++) {
      const at = ((b! * oh + oy!) * ow + ox!) * c + i;
      const v = data[((b! * h + iy!) * w + ix!) * c + i]!;
      y[at] = average ? y[at]! + v : Math.max(y[at]!, v);
      counts[at]!++;
    }
  });
  return { shape: [oh, ow, c], data: average ? y.map((v, i) => v / counts[i]!) : y };
}

export function resize(o: Options, { shape, data }: Tensor, rows: number): Tensor {
  const [h, w, c] = shape as [number, number, number];
  const [fh, fw] = two(o.size, 2);
  /** Two input indices and the weight of the second, by half-pixel centres. */
  const blend = (at: number, f: number, length: number): [number, number, number] => {
    if (o.interpolation !== 'bilinear') return [Math.floor(at / f), Math.floor(at / f), 0];
    const p = Math.max((at + 0.5) / f - 0.5, 0);
    return [Math.floor(p), Math.min(Math.floor(p) + 1, length - 1), p - Math.floor(p)];
  };
  const y = new Float64Array(rows * h * fh * w * fw * c);
  for (let b = 0, at = 0; b < rows; b++)
    for (let oy = 0; oy < h * fh; oy++)
      for (let ox = 0; ox < w * fw; ox++) {
        const [[y0, y1, v], [x0, x1, u]] = [blend(oy, fh, h), blend(ox, fw, w)];
        for (let i = 0; i < c; i++, at++) {
          const p = (yy: number, xx: number): number => data[((b * h + yy) * w + xx) * c + i]!;
          y[at] = (1 - v) * ((1 - u) * p(y0, x0) + u * p(y0, x1)) + v * ((1 - u) * p(y1, x0) + u * p(y1, x1));
        }
      }
  return { shape: [h * fh, w * fw, c], data: y };
}

const ends = (value: number | [number, number]): [number, number] => (Array.isArray(value) ? value : [value, value]);

/** Zero padding for `sign` 1, cropping for -1. */
export function border({ shape, data }: Tensor, rows: number, value: Options, sign: 1 | -1): Tensor {
  const [h, w, c] = shape as [number, number, number];
  const [[top, bottom], [left, right]] = ends(value).map(ends) as [[number, number], [number, number]];
  const [oh, ow] = [h + sign * (top + bottom), w + sign * (left + right)];
  const y = new Float64Array(rows * oh * ow * c);
  for (let b = 0; b < rows; b++)
    for (let iy = 0; iy < h; iy++)
      for (let ix = 0; ix < w; ix++)
        for (let i = 0; i < c; i++) {
          const [oy, ox] = [iy + sign * top, ix + sign * left];
          if (oy < 0 || oy >= oh || ox < 0 || ox >= ow) continue;
          y[((b * oh + oy) * ow + ox) * c + i] = data[((b * h + iy) * w + ix) * c + i]!;
        }
  return { shape: [oh, ow, c], data: y };
}

const last = (shape: Shape): number => shape[shape.length - 1]!;

/** activation(x + bias). */
export function biasAndActivation({ shape, data }: Tensor, layer: Options, bias: Float64Array | undefined): Tensor {
  const n = last(shape);
  const sum = bias ? data.map((v, i) => v + bias[i % n]!) : data;
  return { shape, data: activate(layer.activation ?? 'linear', sum, sum.length / n, n) };
}

/** The definition of a layer over images, applied to signals as images of one line. */
export function onSignals(forward: LayerRow['forward']): LayerRow['forward'] {
  const along = (value: number | undefined, otherwise?: number) => [1, value ?? otherwise];
  return (o, { shape, data }, context) => {
    const { poolSize = 2, size: factor = 2 } = o;
    const layer = {
      ...o,
      kernelSize: o.kernelSize && along(o.kernelSize),
      poolSize: along(poolSize),
      strides: along(o.strides, o.kernelSize ? 1 : poolSize),
      dilationRate: along(o.dilationRate, 1),
      size: along(factor),
      padding: o.type === 'zeroPadding1d' ? [0, o.padding ?? 1] : o.padding,
      cropping: [0, o.cropping ?? 1],
    };
    const y = forward(layer, { shape: [1, ...shape], data }, context);
    return { shape: y.shape.slice(1), data: y.data };
  };
}

export const convolution: LayerRow['forward'] = (o, x, { rows, weight }) =>
  biasAndActivation(conv2d(o, x, rows, weight('kernel')!, o.filters), o, weight('bias'));
export const maxPooling: LayerRow['forward'] = (o, x, { rows }) => pool(o, x, rows, false);
export const averagePooling: LayerRow['forward'] = (o, x, { rows }) => pool(o, x, rows, true);
export const upSampling: LayerRow['forward'] = (o, x, { rows }) => resize(o, x, rows);
export const zeroPadding: LayerRow['forward'] = (o, x, { rows }) => border(x, rows, o.padding ?? 1, 1);
export const cropping: LayerRow['forward'] = (o, x, { rows }) => border(x, rows, o.cropping ?? 0, -1);
