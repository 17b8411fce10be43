// Quantized layers in plain JavaScript: sums of integers, and the few operations on floats around them rounded one by one. Each value
// has one result only, so the kernels must give the same bits.

import type { Weights } from '../../src/index.ts';

const { fround } = Math;
/** A float near which floats are integers, so that a sum rounds. */
const ROUND = 12582912;

/** The step and the lowest integer of an input. */
export interface Range {
  readonly step: number;
  readonly lowest: number;
}

export const rangeOf = (weights: Weights, path: string): Range => {
  const [step, lowest] = weights[`${path}.input`]!.data;
  return { step: step!, lowest: lowest! };
};

/** A value in steps as an integer of a range. `relu`: not below 0. */
export function toInteger(steps: number, { lowest }: Range, relu = false): number {
  const t = fround(fround(steps) + ROUND);
  const low = fround((relu ? Math.max(lowest, 0) : lowest) + ROUND);
  const high = fround(lowest + 255 + ROUND);
  const atLeast = Math.max(low, t);
  return Math.min(atLeast, high) - ROUND;
}

export const perUnit = ({ step }: Range): number => fround(1 / step);

export const toIntegers = (x: ArrayLike<number>, range: Range): number[] =>
  Array.from(x, (value) => toInteger(fround(value * perUnit(range)), range));

/** Rounds to an integer, ties to even. */
function nearest(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

const coefficients = [0.05517179338330429, 0.24261149478953462, 0.6932609988708313, 0.9999280516492046].map(fround);

/** The approximate sigmoid of quantized layers. */
export function sigmoid(x: number): number {
  const t = Math.min(30, Math.max(-30, fround(fround(x) * fround(-Math.LOG2E))));
  const whole = fround(t + ROUND);
  const f = fround(t - fround(whole - ROUND));
  const p = coefficients.reduce((sum, coefficient) => fround(fround(sum * f) + coefficient));
  const [bits, floats] = [new Int32Array(1), new Float32Array(1)];
  floats[0] = p;
  bits[0] = new Int32Array(floats.buffer)[0]! + ((whole - ROUND) << 23);
  return fround(1 / fround(1 + new Float32Array(bits.buffer)[0]!));
}

/** The outputs of one layer: floats, or integers where the next layer reads them. */
export interface Output {
  readonly values: number[];
  readonly shape: readonly number[];
}

/** What a layer does to its sums: its weights at `path`, relu, and the range of the layer that reads the integers. */
export interface Ending {
  readonly weights: Weights;
  readonly path: string;
  readonly relu?: boolean;
  readonly next?: Range;
}

/** The value of column j for a sum of products. */
export function finish(sum: number, j: number, { weights, path, relu = false, next }: Ending): number {
  const { step } = rangeOf(weights, path);
  const factor = fround(step * weights[`${path}.kernel.scale`]!.data[j]!);
  const start = nearest(fround(weights[`${path}.bias`]!.data[j]! / factor));
  const total = fround(sum + Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, start)));
  if (next) return toInteger(fround(total * fround(factor * perUnit(next))), next, relu);
  const y = fround(total * factor);
  return relu ? Math.max(y, 0) : y;
}

/** x[rows][k] · kernel[k][n]. */
export function dense(x: readonly number[], ending: Ending): number[] {
  const { shape, data } = ending.weights[`${ending.path}.kernel`]!;
  const [k, n] = shape as [number, number];
  return Array.from({ length: (x.length / k) * n }, (_, at) => {
    const [row, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let i = 0; i < k; i++) sum += x[row * k + i]! * data[i * n + j]!;
    return finish(sum, j, ending);
  });
}

export interface Window {
  readonly kind: 'conv' | 'transposed' | 'depthwise';
  readonly strides?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly same?: boolean;
}

/** Zeros in front of an axis of the convolution's input, as TensorFlow pads. */
function zerosBefore(
  input: number,
  output: number,
  kernel: number,
  stride: number,
  dilation: number,
  same: boolean,
): number {
  if (!same) return 0;
  return Math.floor(Math.max((output - 1) * stride + (kernel - 1) * dilation + 1 - input, 0) / 2);
}

/**
 * One sample x[h][w][c] through a window to an output of shape [oh][ow][n]. A product belongs to position (oy, ox) of the smaller
 * image, tap (ky, kx) and position (oy · stride + ky · dilation - before, …) of the larger one.
 */
export function convolve(
  x: readonly number[],
  [h, w, c]: readonly [number, number, number],
  [oh, ow, n]: readonly [number, number, number],
  { kind, strides = [1, 1], dilation = [1, 1], same = false }: Window,
  ending: Ending,
): number[] {
  const { shape, data } = ending.weights[`${ending.path}.kernel`]!;
  const [kh, kw, a, b] = (shape.length === 3 ? [1, ...shape] : shape) as [number, number, number, number];
  const transposed = kind === 'transposed';
  const [largeHeight, largeWidth, smallHeight, smallWidth] = transposed ? [oh, ow, h, w] : [h, w, oh, ow];
  const top = zerosBefore(largeHeight, smallHeight, kh, strides[0], dilation[0], same);
  const left = zerosBefore(largeWidth, smallWidth, kw, strides[1], dilation[1], same);
  const sums = new Array<number>(oh * ow * n).fill(0);
  const visit = (sy: number, sx: number, ky: number, kx: number): void => {
    const ly = sy * strides[0] + ky * dilation[0] - top;
    const lx = sx * strides[1] + kx * dilation[1] - left;
    if (ly < 0 || lx < 0 || ly >= largeHeight || lx >= largeWidth) return;
    const small = sy * smallWidth + sx;
    const large = ly * largeWidth + lx;
    const [from, to] = transposed ? [small, large] : [large, small];
    const tap = (ky * kw + kx) * a * b;
    if (kind === 'depthwise') {
      for (let j = 0; j < n; j++) sums[to * n + j]! += x[from * c + Math.floor(j / b)]! * data[tap + j]!;
      return;
    }
    for (let i = 0; i < c; i++)
      for (let j = 0; j < n; j++)
        sums[to * n + j]! += x[from * c + i]! * data[tap + (transposed ? j * b + i : i * b + j)]!;
  };
  for (let sy = 0; sy < smallHeight; sy++)
    for (let sx = 0; sx < smallWidth; sx++)
      for (let ky = 0; ky < kh; ky++) for (let kx = 0; kx < kw; kx++) visit(sy, sx, ky, kx);
  return sums.map((sum, at) => finish(sum, at % n, ending));
}
