// Layers for conversions to ONNX and back: for each layer of the registry its options, and the shapes of samples that it gets.

import type { Layer, Shape } from 'isthmus';
import * as isthmus from 'isthmus';

/** Options of a layer by a title. */
type Options = Readonly<Record<string, object>>;

export interface LayerCases {
  readonly shapes: readonly Shape[];
  readonly options: Options;
}

const activations = [
  'linear', 'relu', 'leakyRelu', 'elu', 'selu', 'sigmoid', 'tanh', 'softplus', 'swish', 'gelu', 'softmax',
] as const; // biome-ignore format: a table

/** Each activation, with other options. */
const withActivations = (options: object): Options =>
  Object.fromEntries(activations.map((activation) => [activation, { ...options, activation }]));

const vectors: readonly Shape[] = [[6], [1]];
const signals: readonly Shape[] = [
  [9, 3],
  [12, 1],
];
const images: readonly Shape[] = [[7, 9, 3], [8, 6, 1]]; // biome-ignore format: one line
const anyRank: readonly Shape[] = [[6], [5, 3], [4, 5, 3], [2, 3, 2, 2]];

const windows: Options = {
  'no options': { kernelSize: 3 },
  'even window': { kernelSize: 2, padding: 'same', activation: 'relu' },
  strides: { kernelSize: 3, strides: 2, padding: 'same', activation: 'gelu' },
  'valid strides': { kernelSize: 3, strides: 2, activation: 'swish' },
  'wide strides': { kernelSize: 2, strides: 3, padding: 'same' },
  dilated: { kernelSize: 3, dilationRate: 2, padding: 'same', activation: 'tanh' },
  'no bias': { kernelSize: 3, useBias: false, activation: 'softmax' },
};
const twoSizes: Options = {
  'two sizes': { kernelSize: [3, 2], strides: [1, 2], padding: 'same' },
};
const each = (options: Options, extra: object): Options =>
  Object.fromEntries(Object.entries(options).map(([title, option]) => [title, { ...option, ...extra }]));

const pooling: Options = {
  'no options': {},
  overlapping: { poolSize: 3, strides: 2, padding: 'same' },
  'valid strides': { poolSize: 2, strides: 3 },
  'strides of one': { poolSize: 2, strides: 1, padding: 'same' },
};
const upSampling: Options = {
  nearest: {},
  'nearest, three times': { size: 3 },
  bilinear: { interpolation: 'bilinear' },
  'bilinear, three times': { size: 3, interpolation: 'bilinear' },
};
const affine: Options = {
  'no options': {},
  'no scale': { scale: false, epsilon: 0.01 },
  'no center': { center: false },
  'neither scale nor center': { scale: false, center: false },
};
const noOptions: Options = { 'no options': {} };

/** Cases by the name of the layer. Those with `layers` of other layers are functions in `pathCases`. */
export const layerCases: Readonly<Record<string, LayerCases>> = {
  dense: {
    shapes: anyRank,
    options: { ...withActivations({ units: 5 }), 'no bias': { units: 4, useBias: false, activation: 'gelu' } },
  },
  activation: { shapes: anyRank, options: withActivations({}) },
  conv1d: { shapes: signals, options: each(windows, { filters: 4 }) },
  conv2d: {
    shapes: images,
    options: {
      ...each({ ...windows, ...twoSizes }, { filters: 4 }),
      ...withActivations({ kernelSize: 3, filters: 3 }),
    },
  },
  conv2dTranspose: {
    shapes: images,
    options: each(
      { ...windows, ...twoSizes, 'wide strides, valid': { kernelSize: 2, strides: 3, activation: 'relu' } },
      { filters: 4 },
    ),
  },
  depthwiseConv2d: {
    shapes: images,
    options: { ...windows, ...twoSizes, multiplier: { kernelSize: 3, depthMultiplier: 2, activation: 'elu' } },
  },
  separableConv2d: {
    shapes: images,
    options: {
      ...each({ ...windows, ...twoSizes }, { filters: 4 }),
      multiplier: { kernelSize: 3, filters: 5, depthMultiplier: 2 },
    },
  },
  maxPooling1d: { shapes: signals, options: pooling },
  maxPooling2d: { shapes: images, options: { ...pooling, 'two sizes': { poolSize: [2, 3], strides: [2, 1] } } },
  averagePooling1d: { shapes: signals, options: pooling },
  averagePooling2d: { shapes: images, options: { ...pooling, 'two sizes': { poolSize: [2, 3], strides: [2, 1] } } },
  globalAveragePooling2d: { shapes: images, options: noOptions },
  upSampling1d: { shapes: signals, options: upSampling },
  upSampling2d: { shapes: images, options: { ...upSampling, 'two factors': { size: [2, 3] } } },
  zeroPadding1d: { shapes: signals, options: { 'no options': {}, 'both ends': { padding: [2, 1] } } },
  zeroPadding2d: {
    shapes: images,
    options: { 'no options': {}, 'two sizes': { padding: [1, 2] }, edges: { padding: [[1, 0], [0, 2]] } }, // biome-ignore format: edges
  },
  cropping1d: { shapes: signals, options: { 'no options': {}, 'both ends': { cropping: [2, 1] } } },
  cropping2d: {
    shapes: images,
    options: { 'no options': {}, 'two sizes': { cropping: [1, 2] }, edges: { cropping: [[1, 0], [0, 2]] } }, // biome-ignore format: edges
  },
  flatten: { shapes: anyRank, options: noOptions },
  reshape: {
    shapes: [[4, 5, 3]],
    options: {
      'one axis': { targetShape: [60] },
      'four axes': { targetShape: [2, 2, 5, 3] },
      same: { targetShape: [4, 5, 3] },
    },
  },
  batchNormalization: { shapes: anyRank, options: affine },
  layerNormalization: { shapes: anyRank, options: affine },
  normalization: { shapes: anyRank, options: { 'no options': {}, inverted: { invert: true } } },
  gru: {
    shapes: signals,
    options: {
      'last state': { units: 4 },
      sequences: { units: 4, returnSequences: true },
      backwards: { units: 4, goBackwards: true },
      'sequences backwards': { units: 3, returnSequences: true, goBackwards: true },
      'reset before': { units: 4, resetAfter: false },
      'reset before, sequences': { units: 4, resetAfter: false, returnSequences: true },
      'no bias': { units: 4, useBias: false },
    },
  },
  dropout: { shapes: [[6], [4, 5, 3]], options: { half: { rate: 0.5 } } },
  gaussianNoise: { shapes: [[6], [4, 5, 3]], options: { small: { stddev: 0.1 } } },
  variational: { shapes: anyRank, options: { 'three units': { units: 3 } } },
  sparse: {
    shapes: anyRank,
    options: {
      l1: { l1: 1e-3 },
      mean: { target: 0.1, activity: 'mean' },
      share: { target: 0.3, activity: 'share' },
    },
  },
  kSparse: { shapes: anyRank, options: { 'two values': { k: 2 }, 'one value': { k: 1 } } },
  quantized: { shapes: anyRank, options: { 'no options': {}, 'half steps': { step: 0.5 } } },
  contractive: { shapes: anyRank, options: { 'no options': { weight: 0.1 } } },
};

/** Layers that wrap layers, for samples of a shape. */
export const pathCases: Readonly<Record<string, Readonly<Record<string, (shape: Shape) => Layer[]>>>> = {
  residual: {
    dense: (shape) => [isthmus.dense({ units: shape.at(-1)!, activation: 'tanh' })],
    nested: (shape) => [
      isthmus.residual({
        layers: [isthmus.dense({ units: shape.at(-1)! }), isthmus.activation({ activation: 'elu' })],
      }),
    ],
    noise: () => [isthmus.dropout({ rate: 0.5 })],
    convolution: (shape) => [
      isthmus.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
      isthmus.conv2d({ filters: shape.at(-1)!, kernelSize: 3, padding: 'same' }),
    ],
  },
  skip: {
    dense: () => [isthmus.dense({ units: 4, activation: 'tanh' })],
    'U-Net': () => [
      isthmus.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
      isthmus.skip({ layers: [isthmus.batchNormalization(), isthmus.activation({ activation: 'swish' })] }),
      isthmus.conv2d({ filters: 2, kernelSize: 1 }),
    ],
  },
};

/** Shapes of the cases with wrapped layers: convolutions need images. */
export const pathShapes = (title: string): readonly Shape[] =>
  /conv|U-Net/.test(title) ? images : [...anyRank.slice(0, 2), ...vectors];
