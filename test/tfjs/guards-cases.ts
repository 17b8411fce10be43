// Calls of every kernel that installKernels registers, for guards.test.ts: calls of `cases` succeed, calls of `wrong` are refused.
import * as tf from '@tensorflow/tfjs-core';

type Shape = readonly number[];

export interface Case {
  /** Shape, type (default float32) and values (default numbers in -1..1) of each input. */
  readonly inputs: Readonly<Record<string, readonly [shape: Shape, dtype?: tf.DataType, data?: number[]]>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

export function inputs(one: Case): Record<string, tf.Tensor> {
  const make = ([shape, dtype = 'float32', data]: NonNullable<Case['inputs'][string]>): tf.Tensor => {
    const size = shape.reduce((product, side) => product * side, 1);
    const values = data ?? Array.from({ length: size }, (_, i) => Math.fround(Math.sin(i * 1.7 + size)));
    return tf.tensor(dtype === 'float32' ? values : values.map(Math.trunc), [...shape], dtype);
  };
  return Object.fromEntries(Object.entries(one.inputs).map(([name, input]) => [name, make(input)]));
}

export const title = ({ inputs: all, attrs }: Case): string =>
  `${Object.entries(all)
    .map(([name, [shape]]) => `${name} [${shape}]`)
    .join(' ')} ${JSON.stringify(attrs)}`;

interface Conv {
  readonly batch?: number;
  readonly h?: number;
  readonly w?: number;
  readonly c?: number;
  readonly n?: number;
  readonly kh?: number;
  readonly kw?: number;
  readonly strides?: number | [number, number];
  readonly dilations?: number;
  readonly pad?: 'same' | 'valid' | number | number[][];
  readonly dimRoundingMode?: 'ceil' | 'floor' | 'round';
  readonly first?: boolean;
}

const convs: Conv[] = [
  {},
  ...[[1, 1], [2, 1], [3, 3], [4, 4], [5, 8], [1, 9], [9, 17], [4, 16]].map(([c, n]) => ({ c: c!, n: n! })),
  ...[1, 2, 5].map((k) => ({ kh: k, kw: k, c: 3, n: 5 })),
  { kh: 1, kw: 4, c: 2, n: 3 },
  { strides: 2, c: 3, n: 4 },
  { strides: [3, 2], kh: 2, kw: 1, c: 1, n: 5, pad: 'valid' },
  { dilations: 2, c: 5, n: 3 },
  { dilations: 3, pad: 'valid', h: 9, w: 8 },
  { pad: 2, dimRoundingMode: 'ceil', strides: 3 },
  { pad: [[0, 0], [1, 3], [0, 2], [0, 0]], c: 3 },
  { batch: 0 },
  { batch: 33, c: 7, n: 6 },
  { h: 1, w: 1, c: 1, n: 1 },
  { h: 3, w: 3, pad: 'valid' },
  { h: 40, w: 41, c: 9, n: 3, batch: 5 },
  { first: true, c: 3, n: 5 },
  { first: true, c: 5, n: 1, strides: 2, pad: [[0, 0], [0, 0], [1, 0], [2, 1]] },
]; // biome-ignore format: sizes

/** Shapes of tensors and attributes of a convolution. */
function conv(one: Conv) {
  const { batch = 2, h = 7, w = 5, c = 2, n = 3, kh = 3, kw = 3, strides = 1, dilations = 1, pad = 'same' } = one;
  const [sy, sx] = [strides].flat() as [number, number?];
  const rows = one.first ? 2 : 1;
  const out = (big: number, kernel: number, stride: number, line: number): number => {
    const reach = (kernel - 1) * dilations + 1;
    if (pad === 'same') return Math.ceil(big / stride);
    if (pad === 'valid') return Math.ceil((big - reach + 1) / stride);
    const zeros = typeof pad === 'number' ? 2 * pad : pad[line]![0]! + pad[line]![1]!;
    const positions = (big - reach + zeros) / stride + 1;
    return one.dimRoundingMode === 'ceil' ? Math.ceil(positions) : Math.trunc(positions);
  };
  const image = (y: number, x: number, channels: number): Shape =>
    one.first ? [batch, channels, y, x] : [batch, y, x, channels];
  const [oh, ow] = [out(h, kh, sy, rows), out(w, kw, sx ?? sy, rows + 1)];
  const dataFormat = one.first ? 'NCHW' : 'NHWC';
  const attrs = { strides, dilations, pad, dataFormat, dimRoundingMode: one.dimRoundingMode };
  return { x: image(h, w, c), dy: image(oh, ow, n), filter: [kh, kw, c, n], n, c, attrs, image, oh, ow };
}

const conv2d = convs.map(conv);
// Depthwise convolutions of tfjs are channels last only; `n` becomes channels times multiplier.
const depthwise = convs
  .filter(({ first }) => !first)
  .flatMap((one) => [1, 3].map((multiplier) => ({ ...conv({ ...one, n: (one.c ?? 2) * multiplier }), multiplier })))
  .map((one) => ({ ...one, filter: [...one.filter.slice(0, 3), one.multiplier] }));

const pools: { x: Shape; attrs: Record<string, unknown>; out: Shape }[] = [
  { x: [2, 7, 5, 3], attrs: { filterSize: [3, 2], strides: [2, 2], pad: 'same' }, out: [2, 4, 3, 3] },
  { x: [1, 4, 4, 5], attrs: { filterSize: 2, strides: 2, pad: 'valid' }, out: [1, 2, 2, 5] },
  { x: [3, 5, 1, 1], attrs: { filterSize: [2, 1], strides: 1, pad: 0 }, out: [3, 4, 1, 1] },
  { x: [1, 5, 5, 9], attrs: { filterSize: 3, strides: 3, pad: 1, dimRoundingMode: 'ceil' }, out: [1, 3, 3, 9] },
  { x: [0, 5, 5, 2], attrs: { filterSize: 3, strides: 1, pad: 'same' }, out: [0, 5, 5, 2] },
];
const volumes: typeof pools = [
  { x: [2, 3, 5, 4, 3], attrs: { filterSize: [2, 3, 2], strides: [1, 2, 2], pad: 'same' }, out: [2, 3, 3, 2, 3] },
  { x: [1, 2, 2, 2, 5], attrs: { filterSize: 2, strides: 2, pad: 'valid' }, out: [1, 1, 1, 1, 5] },
  { x: [0, 2, 2, 2, 1], attrs: { filterSize: 2, strides: 2, pad: 'valid' }, out: [0, 1, 1, 1, 1] },
];
const poolGrad = ({ x, attrs, out }: (typeof pools)[number]): Case => ({
  inputs: { dy: [out], input: [x], output: [out] },
  attrs,
});

const products = [
  [1, 1, 1],
  [1, 3, 5],
  [3, 5, 7],
  [4, 8, 16],
  [7, 9, 130],
  [9, 17, 513],
  [32, 1, 33],
  [2, 64, 3],
].flatMap(([m, n, k]) =>
  [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({
      a: (transposeA ? [k, m] : [m, k]) as number[],
      b: (transposeB ? [n, k] : [k, n]) as number[],
      n: n!,
      attrs: { transposeA, transposeB },
    })),
  ),
);
const flat: Shape[] = [[1], [2], [3], [4], [5], [7], [33], [2, 3, 5], [0]];
const element: Case[] = flat.map((shape) => ({ inputs: { x: [shape] }, attrs: {} }));

export const cases: Readonly<Record<string, readonly Case[]>> = {
  Conv2D: conv2d.map(({ x, filter, attrs }) => ({ inputs: { x: [x], filter: [filter] }, attrs })),
  FusedConv2D: conv2d.flatMap(({ x, filter, n, attrs }) =>
    ['relu', 'elu', 'linear', 'relu6'].map(
      (activation): Case => ({
        inputs: { x: [x], filter: [filter], ...(activation !== 'linear' && { bias: [[n]] as const }) },
        attrs: { ...attrs, activation },
      }),
    ),
  ),
  Conv2DBackpropInput: conv2d.map(({ x, dy, filter, attrs }) => ({
    inputs: { dy: [dy], filter: [filter] },
    attrs: { ...attrs, inputShape: x },
  })),
  Conv2DBackpropFilter: conv2d.map(({ x, dy, filter, attrs }) => ({
    inputs: { x: [x], dy: [dy] },
    attrs: { ...attrs, filterShape: filter },
  })),
  DepthwiseConv2dNativeBackpropInput: depthwise.map(({ x, dy, filter, attrs }) => ({
    inputs: { dy: [dy], filter: [filter] },
    attrs: { ...attrs, inputShape: x },
  })),
  DepthwiseConv2dNativeBackpropFilter: depthwise.map(({ x, dy, filter, attrs }) => ({
    inputs: { x: [x], dy: [dy] },
    attrs: { ...attrs, filterShape: filter },
  })),
  MaxPoolGrad: pools.map(poolGrad),
  MaxPool3DGrad: volumes.map(poolGrad),
  MaxPool3D: volumes.map(({ x, attrs }) => ({ inputs: { x: [x] }, attrs })),
  UnsortedSegmentSum: [
    ...([[5], [5, 3], [5, 2, 4], [5, 9], [0, 3], [5, 0]] as Shape[]).flatMap((shape) =>
      [0, 1, 3].map(
        (numSegments): Case => ({
          inputs: { x: [shape], segmentIds: [[shape[0]!], 'int32', [0, 2, -1, 2 ** 31 - 1, 1].slice(0, shape[0])] },
          attrs: { numSegments },
        }),
      ),
    ),
    { inputs: { x: [[2, 3]], segmentIds: [[2], 'int32', [-(2 ** 31), 3]] }, attrs: { numSegments: 3 } },
  ],
  BatchMatMul: [
    ...products.map(({ a, b, attrs }): Case => ({ inputs: { a: [a], b: [b] }, attrs })),
    ...products.map(({ a, b, attrs }): Case => ({ inputs: { a: [[3, ...a]], b: [b] }, attrs })),
    ...products.map(({ a, b, attrs }): Case => ({ inputs: { a: [[1, ...a]], b: [[2, 1, ...b]] }, attrs })),
    ...products.map(({ a, b, attrs }): Case => ({ inputs: { a: [[2, ...a], 'int32'], b: [b, 'int32'] }, attrs })),
  ],
  _FusedMatMul: products.flatMap(({ a, b, n, attrs }) =>
    ['linear', 'relu', 'sigmoid', 'elu', 'leakyrelu'].flatMap((activation) =>
      [[n], [1, n], [1]].map(
        (bias): Case => ({
          inputs: { a: [a], b: [b], bias: [bias] },
          attrs: { ...attrs, activation, leakyreluAlpha: 0.2 },
        }),
      ),
    ),
  ),
  Sum: [
    ...(
      [
        [1, 1],
        [3, 5],
        [9, 33],
        [2, 3, 5, 7],
        [130, 4],
      ] as Shape[]
    ).flatMap((shape) =>
      shape.slice(1).flatMap((_, i) =>
        [false, true].map((keepDims): Case => {
          const axis = Array.from({ length: i + 1 }, (_, at) => at);
          return { inputs: { x: [shape] }, attrs: { axis, keepDims } };
        }),
      ),
    ),
  ],
  Identity: element,
  Cast: element.map(({ inputs }) => ({ inputs, attrs: { dtype: 'float32' } })),
  Tanh: element,
  Selu: element,
  Softplus: element,
};

const image = conv({ c: 3, n: 8 });
const convInputs = { x: [image.x], filter: [image.filter] } as const;
/** Attributes that are invalid for every convolution. */
const invalidAttrs: Record<string, unknown>[] = [
  ...[-1, [[0, 0], [-1, 0], [0, 0], [0, 0]], Number.NaN, 0.5].map((pad) => ({ ...image.attrs, pad })),
  ...[0, -1, Number.NaN, 1.5].map((strides) => ({ ...image.attrs, strides })),
  ...[0, -1, 1.5].map((dilations) => ({ ...image.attrs, dilations })),
]; // biome-ignore format: a list

/** Calls with contradictory sizes, for kernels that check them; calls that are passed on to tfjs are left out. */
export const wrong: Readonly<Record<string, readonly Case[]>> = {
  Conv2D: [
    ...invalidAttrs.map((attrs): Case => ({ inputs: convInputs, attrs })),
    { inputs: { x: [image.x], filter: [[3, 3, 4, 8]] }, attrs: image.attrs },
    { inputs: { x: [image.x], filter: [[9, 9, 3, 8]] }, attrs: { ...image.attrs, pad: 'valid' } },
  ],
  Conv2DBackpropFilter: [
    ...[[3, 3, 1, 8], [3, 3, 3, 4], [3, 3, 3], [3, 3, 3, 8, 2], [-3, -3, 3, 8], [3, 3, Number.NaN, 8]].map(
      (filterShape): Case => ({ inputs: { x: [image.x], dy: [image.dy] }, attrs: { ...image.attrs, filterShape } }),
    ),
    { inputs: { x: [image.x], dy: [[2, 7, 5, 7]] }, attrs: { ...image.attrs, filterShape: image.filter } },
    { inputs: { x: [[7, 5, 3]], dy: [image.dy] }, attrs: { ...image.attrs, filterShape: image.filter } },
    ...invalidAttrs.map((attrs): Case => ({
      inputs: { x: [image.x], dy: [image.dy] },
      attrs: { ...attrs, filterShape: image.filter },
    })),
  ],
  Conv2DBackpropInput: [
    ...[[2, 7, 5, 4], [2, 7, 5], [2, -7, -5, 3], [2, 7, 5, 3, 1], [2, 7.5, 5, 3]].map(
      (inputShape): Case => ({
        inputs: { dy: [image.dy], filter: [image.filter] },
        attrs: { ...image.attrs, inputShape },
      }),
    ),
    ...invalidAttrs.map((attrs): Case => ({
      inputs: { dy: [image.dy], filter: [image.filter] },
      attrs: { ...attrs, inputShape: image.x },
    })),
  ],
  DepthwiseConv2dNativeBackpropFilter: [
    ...[[3, 3, 4, 1], [3, 3, 1, 3], [3, 3, 3], [-3, -3, 3, 1]].map((filterShape): Case => ({
      inputs: { x: [image.x], dy: [image.x] },
      attrs: { ...image.attrs, filterShape },
    })),
  ],
  DepthwiseConv2dNativeBackpropInput: [
    ...[[3, 3, 4, 1], [3, 3, 1, 3], [3, 3, 3]].map((filter): Case => ({
      inputs: { dy: [image.x], filter: [filter] },
      attrs: { ...image.attrs, inputShape: image.x },
    })),
  ],
  UnsortedSegmentSum: [-1, 1.5, Number.NaN, 2 ** 32 + 1].map((numSegments): Case => ({
    inputs: { x: [[5, 3]], segmentIds: [[5], 'int32'] },
    attrs: { numSegments },
  })),
  MaxPool3D: [0, -1, 1.5, Number.NaN].map((strides): Case => ({
    inputs: { x: [[1, 3, 3, 3, 2]] },
    attrs: { filterSize: 2, strides, pad: 'valid' },
  })),
  _FusedMatMul: (['int32', 'bool'] as const).map((dtype): Case => ({
    inputs: { a: [[2, 3]], b: [[3, 4]], bias: [[4], dtype] },
    attrs: { transposeA: false, transposeB: false, activation: 'linear' },
  })),
}; // biome-ignore format: lists
