// Every layer forward in float64, as its definition reads: indices, no tricks. Gradients are central differences of it.

import { forward as activate } from './activations.ts';

// biome-ignore lint/suspicious/noExplicitAny: the options of any layer
type Layer = any;
type Shape = readonly number[];
/** Weights by path, such as `encoder.0.kernel`. */
export type Weights = Record<string, { shape: Shape; data: Float64Array }>;

export interface Tensor {
  readonly shape: Shape;
  /** [rows][...shape] */
  readonly data: Float64Array;
}

const size = (shape: Shape): number => shape.reduce((product, side) => product * side, 1);
const two = (value: number | [number, number] | undefined, otherwise = 1): [number, number] =>
  Array.isArray(value) ? value : [value ?? otherwise, value ?? otherwise];

/** Places of a window along an axis, and zeros before it: TensorFlow's `same` and `valid`. */
function places(length: number, kernel: number, stride: number, dilation: number, padding = 'valid'): [number, number] {
  const reach = (kernel - 1) * dilation + 1;
  if (padding === 'valid') return [Math.floor((length - reach) / stride) + 1, 0];
  const count = Math.ceil(length / stride);
  return [count, Math.floor(Math.max((count - 1) * stride + reach - length, 0) / 2)];
}

/** Calls `each` for every place and value of its window that lies inside: [sample, oy, ox, iy, ix, ky, kx]. */
function windows(rows: number, [h, w]: Shape, o: Layer, each: (...at: number[]) => void): [number, number] {
  const [[kh, kw], [sh, sw], [dh, dw]] = [two(o.kernelSize ?? o.poolSize), two(o.strides), two(o.dilationRate)];
  const [[oh, top], [ow, left]] = [places(h!, kh, sh, dh, o.padding), places(w!, kw, sw, dw, o.padding)];
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

const withBias = (y: Float64Array, bias: Float64Array | undefined, n: number): Float64Array =>
  bias ? y.map((v, i) => v + bias[i % n]!) : y;

const activated = (y: Float64Array, o: Layer, n: number): Float64Array =>
  activate(o.activation ?? 'linear', y, y.length / n, n);

function conv2d(o: Layer, { shape, data }: Tensor, rows: number, kernel: Float64Array, n: number): Tensor {
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

function conv2dTranspose(o: Layer, { shape, data }: Tensor, rows: number, kernel: Float64Array, f: number): Tensor {
  const [h, w, c] = shape as [number, number, number];
  const [[kh, kw], [sh, sw], [dh, dw]] = [two(o.kernelSize), two(o.strides), two(o.dilationRate)];
  const grown = (side: number, k: number, s: number, d: number): number =>
    o.padding === 'same' ? side * s : side * s + Math.max((k - 1) * d + 1 - s, 0);
  const [bh, bw] = [grown(h, kh, sh, dh), grown(w, kw, sw, dw)];
  const y = new Float64Array(rows * bh * bw * f);
  // It is the transpose of the convolution that leads from its output to its input.
  windows(rows, [bh, bw], o, (b, oy, ox, iy, ix, ky, kx) => {
    for (let i = 0; i < c; i++)
      for (let g = 0; g < f; g++)
        y[((b! * bh + iy!) * bw + ix!) * f + g]! +=
          data[((b! * h + oy!) * w + ox!) * c + i]! * kernel[((ky! * kw + kx!) * f + g) * c + i]!;
  });
  return { shape: [bh, bw, f], data: y };
}

function depthwise(o: Layer, { shape, data }: Tensor, rows: number, kernel: Float64Array, multiplier: number): Tensor {
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

function pool(o: Layer, { shape, data }: Tensor, rows: number, average: boolean): Tensor {
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

function resize(o: Layer, { shape, data }: Tensor, rows: number): Tensor {
  const [h, w, c] = shape as [number, number, number];
  const [fh, fw] = two(o.size, 2);
  /** The two input places and the share of the second, by half-pixel centres. */
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

/** `sign` 1: zeros around; -1: without the borders. A value stands where it stood, moved by what is added before. */
function border({ shape, data }: Tensor, rows: number, value: Layer, sign: 1 | -1): Tensor {
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

/** Groups of values to mean 0 and variance 1; `group` says which one a value is in, of `count`. */
function normalize(data: Float64Array, group: (i: number) => number, count: number, epsilon: number): Float64Array {
  const [sums, squares] = [new Float64Array(count), new Float64Array(count)];
  const share = count / data.length;
  data.forEach((v, i) => {
    sums[group(i)]! += v * share;
  });
  data.forEach((v, i) => {
    squares[group(i)]! += (v - sums[group(i)]!) ** 2 * share;
  });
  return data.map((v, i) => (v - sums[group(i)]!) / Math.sqrt(squares[group(i)]! + epsilon));
}

/** One layer, in training mode, on `rows` samples. One-dimensional layers are images of one line. */
export function layerForward(
  layer: Layer,
  x: Tensor,
  rows: number,
  w: (name: string) => Float64Array | undefined,
  path: string,
  weights: Weights,
): Tensor {
  const { shape } = x;
  const c = shape[shape.length - 1]!;
  const flat = (o: Layer): Layer => ({
    ...o,
    kernelSize: o.kernelSize && [1, o.kernelSize],
    poolSize: [1, o.poolSize ?? 2],
    strides: [1, o.strides ?? (o.type === 'conv1d' ? 1 : (o.poolSize ?? 2))],
    dilationRate: [1, o.dilationRate ?? 1],
    size: [1, o.size ?? 2],
  });
  const line: Tensor = { shape: [1, ...shape], data: x.data };
  const unline = (t: Tensor): Tensor => ({ shape: t.shape.slice(1), data: t.data });
  const end = (t: Tensor): Tensor => {
    const n = t.shape[t.shape.length - 1]!;
    return { shape: t.shape, data: activated(withBias(t.data, w('bias'), n), layer, n) };
  };
  const scaled = (data: Float64Array): Tensor => ({
    shape,
    data: data.map((v, i) => v * (w('gamma')?.[i % c] ?? 1) + (w('beta')?.[i % c] ?? 0)),
  });
  const inner = (): Tensor => chainForward(layer.layers, x, rows, path, weights);
  switch (layer.type) {
    case 'dense': {
      const n = layer.units;
      const y = new Float64Array((x.data.length / c) * n);
      for (let r = 0; r < x.data.length / c; r++) for (let i = 0; i < c; i++) for (let u = 0; u < n; u++) y[r * n + u]! += x.data[r * c + i]! * w('kernel')![i * n + u]!;
      return end({ shape: [...shape.slice(0, -1), n], data: y });
    }
    case 'conv1d': return unline(end(conv2d(flat(layer), line, rows, w('kernel')!, layer.filters)));
    case 'conv2d': return end(conv2d(layer, x, rows, w('kernel')!, layer.filters));
    case 'conv2dTranspose': return end(conv2dTranspose(layer, x, rows, w('kernel')!, layer.filters));
    case 'depthwiseConv2d': return end(depthwise(layer, x, rows, w('kernel')!, layer.depthMultiplier ?? 1));
    case 'separableConv2d': {
      const middle = depthwise(layer, x, rows, w('depthwiseKernel')!, layer.depthMultiplier ?? 1);
      return end(conv2d({ kernelSize: 1 }, middle, rows, w('pointwiseKernel')!, layer.filters));
    }
    case 'maxPooling2d': return pool(layer, x, rows, false);
    case 'averagePooling2d': return pool(layer, x, rows, true);
    case 'maxPooling1d': return unline(pool(flat(layer), line, rows, false));
    case 'averagePooling1d': return unline(pool(flat(layer), line, rows, true));
    case 'globalAveragePooling2d': return { shape: [c], data: pool({ poolSize: [shape[0], shape[1]] }, x, rows, true).data };
    case 'zeroPadding2d': return border(x, rows, layer.padding ?? 1, 1);
    case 'cropping2d': return border(x, rows, layer.cropping ?? 0, -1);
    case 'zeroPadding1d': return unline(border(line, rows, [0, layer.padding ?? 1], 1));
    case 'cropping1d': return unline(border(line, rows, [0, layer.cropping ?? 1], -1));
    case 'upSampling2d': return resize(layer, x, rows);
    case 'upSampling1d': return unline(resize(flat(layer), line, rows));
    case 'batchNormalization': {
      const { epsilon = 0.001 } = layer;
      if (x.data.length > c) return scaled(normalize(x.data, (i) => i % c, c, epsilon));
      const [mean, variance] = [w('movingMean')!, w('movingVariance')!];
      return scaled(x.data.map((v, i) => (v - mean[i]!) / Math.sqrt(variance[i]! + epsilon)));
    }
    case 'layerNormalization': return scaled(normalize(x.data, (i) => Math.floor(i / c), x.data.length / c, layer.epsilon ?? 0.001));
    case 'normalization': {
      const [mean, deviation] = [w('mean')!, w('deviation')!];
      const one = (v: number, k: number): number => (layer.invert ? v * deviation[k]! + mean[k]! : (v - mean[k]!) / (deviation[k]! || 1));
      return { shape, data: x.data.map((v, i) => one(v, i % c)) };
    }
    case 'activation': return { shape, data: activated(x.data, layer, c) };
    case 'flatten': return { shape: [size(shape)], data: x.data };
    case 'reshape': return { shape: layer.targetShape, data: x.data };
    case 'residual': { const y = inner(); return { shape, data: x.data.map((v, i) => v + y.data[i]!) }; }
    case 'skip': {
      const y = inner();
      const d = y.shape[y.shape.length - 1]!;
      const all = new Float64Array((x.data.length / c) * (c + d));
      for (let r = 0; r < x.data.length / c; r++) {
        all.set(x.data.subarray(r * c, r * c + c), r * (c + d));
        all.set(y.data.subarray(r * d, r * d + d), r * (c + d) + c);
      }
      return { shape: [...shape.slice(0, -1), c + d], data: all };
    }
    default: throw new Error(`no twin of ${layer.type}`);
  } // biome-ignore format: a table
}

/** A list of layers, the paths of whose weights begin with `path`. */
export function chainForward(
  layers: readonly Layer[],
  x: Tensor,
  rows: number,
  path: string,
  weights: Weights,
): Tensor {
  return layers.reduce(
    (y, layer, i) =>
      layerForward(layer, y, rows, (name) => weights[`${path}.${i}.${name}`]?.data, `${path}.${i}`, weights),
    x,
  );
}
