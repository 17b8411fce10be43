// Operators with windows over images and signals with channels first: convolutions and pooling.

import { fromLayout, weightLayout } from '../weight-layout.ts';
import { append, type Chain, channelsFirstAxes, weight } from './chain.ts';
import type { Context } from './context.ts';
import { resized } from './shapes.ts';

/** Zeros at the begin and at the end of each axis. */
interface Pads {
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

interface Windows {
  readonly sizes: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

const isZero = ({ begin, end }: Pads): boolean => [...begin, ...end].every((count) => count === 0);

/** The input with channels first, as an image or signal. */
export function channelsFirst(c: Context): Chain {
  const x = resized(c.node, c.x);
  if (x.axes.join() !== channelsFirstAxes(x.shape.length).join() || x.shape.length < 2)
    throw c.error('an image or signal with channels first', `[${x.shape.join(', ')}]`);
  return x;
}

const reach = ({ kernel, dilations }: Windows, axis: number): number => (kernel[axis]! - 1) * dilations[axis]! + 1;

/** The padding `same` of each axis. */
function samePads(windows: Windows): Pads {
  const zeros = windows.sizes.map((size, axis) => {
    const stride = windows.strides[axis]!;
    return Math.max((Math.ceil(size / stride) - 1) * stride + reach(windows, axis) - size, 0);
  });
  const begin = zeros.map((count) => Math.floor(count / 2));
  return { begin, end: zeros.map((count, axis) => count - begin[axis]!) };
}

/** The attribute `pads`. `automatic`: the value of `auto_pad` SAME_UPPER. */
function padsOf(c: Context, automatic: Pads): Pads {
  const rank = automatic.begin.length;
  const mode = c.node.attributes.auto_pad ?? 'NOTSET';
  if (mode === 'SAME_UPPER') return automatic;
  if (mode !== 'NOTSET' && mode !== 'VALID') throw c.error('auto_pad SAME_UPPER or VALID', mode);
  const pads = c.list('pads', Array(2 * rank).fill(0));
  return { begin: pads.slice(0, rank), end: pads.slice(rank) };
}

const windowsOf = (c: Context, x: Chain, kernel: readonly number[]): Windows => {
  const sizes = x.shape.slice(0, -1);
  const ones = sizes.map(() => 1);
  return { sizes, kernel, strides: c.list('strides', ones), dilations: c.list('dilations', ones) };
};

/** Options of isthmus: a number for one axis, two for an image. */
const option = (list: readonly number[]) => (list.length === 1 ? list[0] : list);

/** The layer that adds zeros or, for `crop`, cuts values off. */
export function withEdges(c: Context, x: Chain, { begin, end }: Pads, crop = false): Chain {
  if (isZero({ begin, end })) return x;
  const edges = begin.map((count, axis) => [count, end[axis]!]);
  const type = `${crop ? 'cropping' : 'zeroPadding'}${edges.length}d`;
  return append(c.node, x, {
    type,
    options: { [crop ? 'cropping' : 'padding']: edges.length === 1 ? edges[0] : edges },
  });
}

/** `padding`, and the input with the zeros that `padding` does not express. Each of `same` and zeros may not be allowed. */
function padded(c: Context, x: Chain, windows: Windows, { allowSame = true, allowZeros = true } = {}) {
  const same = samePads(windows);
  const pads = padsOf(c, same);
  if (isZero(pads)) return { x, padding: 'valid' };
  if (allowSame && JSON.stringify(pads) === JSON.stringify(same)) return { x, padding: 'same' };
  if (!allowZeros) throw c.error('pads as of "same"', `[${[...pads.begin, ...pads.end].join(', ')}]`);
  return { x: withEdges(c, x, pads), padding: 'valid' };
}

/** MaxPool and AveragePool. Only a mean that counts zeros may have any. */
export const pooling =
  (name: string) =>
  (c: Context): Chain => {
    const input = channelsFirst(c);
    const windows = windowsOf(c, input, c.list('kernel_shape', []));
    const { kernel, strides, dilations } = windows;
    const countsZeros = c.number('count_include_pad', 0) === 1;
    const { x, padding } = padded(c, input, windows, { allowSame: !countsZeros, allowZeros: countsZeros });
    // Rounding up makes a difference where windows do not end at the border.
    const isExact = kernel.every((size, axis) => (x.shape[axis]! - size) % strides[axis]! === 0);
    if (!isExact || padding === 'same') c.only({ ceil_mode: 0 });
    if (dilations.some((rate) => rate !== 1)) throw c.error('dilations of 1', dilations);
    const type = `${name}${kernel.length}d`;
    return append(c.node, x, { type, options: { poolSize: option(kernel), strides: option(strides), padding } });
  };

/** The values that a transposed convolution of padding `valid` has too many: the layer, then `cropping`. */
function transposedEdges(c: Context, windows: Windows) {
  const { sizes, strides } = windows;
  const full = sizes.map((size, axis) => (size - 1) * strides[axis]! + reach(windows, axis));
  const output = sizes.map((size, axis) => size * strides[axis]!);
  const leading = full.map((count, axis) => Math.floor(Math.max(count - output[axis]!, 0) / 2));
  const extra = c.list('output_padding', Array(sizes.length).fill(0));
  const automatic = { begin: leading, end: full.map((n, axis) => n + extra[axis]! - leading[axis]! - output[axis]!) };
  const { begin, end } = padsOf(c, automatic);
  const sizeOfAxis = full.map((n, axis) => n - begin[axis]! - end[axis]! + extra[axis]!);
  const isSame = sizeOfAxis.every((n, axis) => n === output[axis] && begin[axis] === leading[axis]);
  const valid = full.map((n, axis) => Math.max(n, output[axis]!));
  return { isSame, crop: { begin, end: valid.map((n, axis) => n - begin[axis]! - sizeOfAxis[axis]!) } };
}

/** Conv and ConvTranspose. */
export const convolution =
  (transpose: boolean) =>
  (c: Context): Chain => {
    let x = channelsFirst(c);
    const [count = 0, channels = 0, ...kernel] = c.tensor(1)?.shape ?? [];
    const data = c.floats(1);
    const windows = windowsOf(c, x, kernel);
    const group = c.number('group', 1);
    const isDepthwise = group > 1 && group === x.shape.at(-1) && channels === 1 && kernel.length === 2 && !transpose;
    if (group !== 1 && !isDepthwise) throw c.error('group 1, or as many as channels of an image', group);
    let type = `conv${kernel.length}d${transpose ? 'Transpose' : ''}`;
    let shape = [...kernel, channels, count];
    let options: object = { filters: transpose ? channels : count };
    if (isDepthwise) {
      type = 'depthwiseConv2d';
      shape = [...kernel, group, count / group];
      options = { depthMultiplier: count / group };
    }
    if (kernel.length !== x.shape.length - 1 || !/^(conv[12]d|conv2dTranspose|depthwiseConv2d)$/.test(type))
      throw c.error('a convolution that isthmus has', type);
    let padding = 'valid';
    let crop: Pads = { begin: [], end: [] };
    if (transpose) {
      const { isSame, crop: edges } = transposedEdges(c, windows);
      if (isSame) padding = 'same';
      else crop = edges;
    } else ({ x, padding } = padded(c, x, windows));
    const bias = c.tensor(2) && c.floats(2);
    const { strides, dilations } = windows;
    const y = append(c.node, x, {
      type,
      options: {
        ...options,
        kernelSize: option(kernel),
        strides: option(strides),
        dilationRate: option(dilations),
        padding,
        useBias: bias !== undefined,
      },
      weights: {
        kernel: weight(fromLayout(data, shape, weightLayout(type, 'kernel', shape)!), shape),
        ...(bias && { bias: weight(bias) }),
      },
    });
    return withEdges(c, y, crop, true);
  };
