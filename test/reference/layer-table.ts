// One row for each layer: its definition in float64, and the options that the tests use. All tests that must know every
// layer read this table: gradients at odd sizes, saving and loading in every runtime, both engines, TensorFlow.js layers.

import type { Isthmus } from '../suites/assert.ts';
import { gru } from './gru.ts';
import * as image from './image-layers.ts';
import type { Context, LayerRow, Shape, Tensor } from './layers.ts';
import { normal, uniform } from './philox.ts';

const size = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);
const last = (shape: Shape): number => shape[shape.length - 1]!;

/** Values divided into `count` groups, each shifted and scaled to mean 0 and variance 1. */
function normalize(data: Float64Array, group: (i: number) => number, count: number, epsilon = 0.001): Float64Array {
  const [means, variances] = [new Float64Array(count), new Float64Array(count)];
  const share = count / data.length;
  data.forEach((v, i) => {
    means[group(i)]! += v * share;
  });
  data.forEach((v, i) => {
    variances[group(i)]! += (v - means[group(i)]!) ** 2 * share;
  });
  return data.map((v, i) => (v - means[group(i)]!) / Math.sqrt(variances[group(i)]! + epsilon));
}

/** x · gamma + beta for each channel. */
const scaleAndShift = ({ shape }: Tensor, data: Float64Array, { weight }: Context): Tensor => {
  const c = last(shape);
  return { shape, data: data.map((v, i) => v * (weight('gamma')?.[i % c] ?? 1) + (weight('beta')?.[i % c] ?? 0)) };
};

const same = { padding: 'same' } as const;
const window = { kernelSize: 3, strides: 2, ...same, activation: 'gelu' } as const;
const pool = { poolSize: 3, strides: 2, ...same } as const;
const path = (i: Isthmus, filters: number) => ({
  layers: [i.conv2d({ filters, kernelSize: 3, ...same, activation: 'tanh' })],
});

export const layerTable: Readonly<Record<string, LayerRow>> = {
  dense: {
    tfjs: 'Dense',
    cases: { gelu: (i) => i.dense({ units: 5, activation: 'gelu' }) },
    forward(o, { shape, data }, { weight }) {
      const [inputs, kernel] = [last(shape), weight('kernel')!];
      const rows = data.length / inputs;
      const y = new Float64Array(rows * o.units);
      for (let r = 0; r < rows; r++)
        for (let k = 0; k < inputs; k++)
          for (let u = 0; u < o.units; u++) y[r * o.units + u]! += data[r * inputs + k]! * kernel[k * o.units + u]!;
      return image.biasAndActivation({ shape: [...shape.slice(0, -1), o.units], data: y }, o, weight('bias'));
    },
  },

  conv1d: {
    tfjs: 'Conv1D',
    signal: true,
    cases: {
      strides: (i) => i.conv1d({ filters: 5, ...window }),
      dilated: (i) => i.conv1d({ filters: 4, kernelSize: 3, dilationRate: 2, ...same, activation: 'elu' }),
    },
    forward: image.onSignals(image.convolution),
  },

  conv2d: {
    tfjs: 'Conv2D',
    cases: {
      strides: (i) => i.conv2d({ filters: 5, ...window }),
      dilated: (i) => i.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2, ...same }),
    },
    forward: image.convolution,
  },

  conv2dTranspose: {
    tfjs: 'Conv2DTranspose',
    cases: { strides: (i) => i.conv2dTranspose({ filters: 5, ...window }) },
    forward: (o, x, { rows, weight }) =>
      image.biasAndActivation(image.conv2dTranspose(o, x, rows, weight('kernel')!, o.filters), o, weight('bias')),
  },

  depthwiseConv2d: {
    tfjs: 'DepthwiseConv2D',
    cases: { multiplier: (i) => i.depthwiseConv2d({ depthMultiplier: 2, ...window }) },
    forward: (o, x, { rows, weight }) =>
      image.biasAndActivation(
        image.depthwise(o, x, rows, weight('kernel')!, o.depthMultiplier ?? 1),
        o,
        weight('bias'),
      ),
  },

  separableConv2d: {
    tfjs: 'SeparableConv2D',
    cases: { strides: (i) => i.separableConv2d({ filters: 5, ...window }) },
    forward(o, x, { rows, weight }) {
      const middle = image.depthwise(o, x, rows, weight('depthwiseKernel')!, o.depthMultiplier ?? 1);
      const y = image.conv2d({ kernelSize: 1 }, middle, rows, weight('pointwiseKernel')!, o.filters);
      return image.biasAndActivation(y, o, weight('bias'));
    },
  },

  maxPooling1d: {
    tfjs: 'MaxPooling1D',
    signal: true,
    cases: { overlapping: (i) => i.maxPooling1d(pool) },
    forward: image.onSignals(image.maxPooling),
  },

  maxPooling2d: {
    tfjs: 'MaxPooling2D',
    cases: { overlapping: (i) => i.maxPooling2d(pool) },
    forward: image.maxPooling,
  },

  averagePooling1d: {
    tfjs: 'AveragePooling1D',
    signal: true,
    cases: { overlapping: (i) => i.averagePooling1d(pool) },
    forward: image.onSignals(image.averagePooling),
  },

  averagePooling2d: {
    tfjs: 'AveragePooling2D',
    cases: { overlapping: (i) => i.averagePooling2d(pool) },
    forward: image.averagePooling,
  },

  globalAveragePooling2d: {
    tfjs: 'GlobalAveragePooling2D',
    cases: { 'no options': (i) => i.globalAveragePooling2d() },
    forward: (_, x, { rows }) => ({
      shape: [last(x.shape)],
      data: image.pool({ poolSize: x.shape.slice(0, 2) }, x, rows, true).data,
    }),
  },

  zeroPadding1d: {
    signal: true,
    cases: { 'both ends': (i) => i.zeroPadding1d({ padding: [2, 1] }) },
    forward: image.onSignals(image.zeroPadding),
  },

  zeroPadding2d: {
    tfjs: 'ZeroPadding2D',
    cases: {
      'four edges': (i) => i.zeroPadding2d({ padding: [[1, 0], [0, 2]] }), // biome-ignore format: edges
    },
    forward: image.zeroPadding,
  },

  cropping1d: {
    signal: true,
    cases: {
      'after padding': (i, shape) =>
        i.skip({
          layers: [
            i.zeroPadding1d({ padding: [0, 1] }),
            i.cropping1d({ cropping: [1, 0] }),
            i.dense({ units: last(shape) }),
          ],
        }),
    },
    forward: image.onSignals(image.cropping),
  },

  cropping2d: {
    tfjs: 'Cropping2D',
    cases: {
      'after padding': (i, shape) =>
        i.skip({ layers: [i.zeroPadding2d(), i.cropping2d({ cropping: [[2, 0], [0, 2]] }), i.dense({ units: last(shape) })] }), // biome-ignore format: edges
    },
    forward: image.cropping,
  },

  upSampling1d: {
    signal: true,
    cases: {
      bilinear: (i) => i.upSampling1d({ interpolation: 'bilinear' }),
      nearest: (i) => i.upSampling1d(),
    },
    forward: image.onSignals(image.upSampling),
  },

  upSampling2d: {
    tfjs: 'UpSampling2D',
    cases: {
      nearest: (i) => i.upSampling2d({ size: [2, 3] }),
      bilinear: (i) => i.upSampling2d({ interpolation: 'bilinear' }),
    },
    forward: image.upSampling,
  },

  batchNormalization: {
    tfjs: 'BatchNormalization',
    differsInTraining: true,
    cases: { 'no options': (i) => i.batchNormalization() },
    forward(o, x, context) {
      const { epsilon = 0.001 } = o;
      const c = last(x.shape);
      if (x.data.length > c)
        return scaleAndShift(
          x,
          normalize(x.data, (i) => i % c, c, epsilon),
          context,
        );
      // One value for each channel has no variance: running statistics are used.
      const [mean, variance] = [context.weight('movingMean')!, context.weight('movingVariance')!];
      const data = x.data.map((v, i) => (v - mean[i]!) / Math.sqrt(variance[i]! + epsilon));
      return scaleAndShift(x, data, context);
    },
  },

  layerNormalization: {
    tfjs: 'LayerNormalization',
    cases: { 'no options': (i) => i.layerNormalization() },
    forward(o, x, context) {
      const c = last(x.shape);
      return scaleAndShift(
        x,
        normalize(x.data, (i) => Math.floor(i / c), x.data.length / c, o.epsilon),
        context,
      );
    },
  },

  normalization: {
    cases: { 'no options': (i) => i.normalization(), inverted: (i) => i.normalization({ invert: true }) },
    forward(o, { shape, data }, { weight }) {
      const c = last(shape);
      const [mean, deviation] = [weight('mean')!, weight('deviation')!];
      const standardize = (v: number, k: number): number => (v - mean[k]!) / (deviation[k]! || 1);
      const restore = (v: number, k: number): number => v * deviation[k]! + mean[k]!;
      return { shape, data: data.map((v, i) => (o.invert ? restore : standardize)(v, i % c)) };
    },
  },

  gru,

  activation: {
    tfjs: 'Activation',
    cases: { softmax: (i) => i.activation({ activation: 'softmax' }) },
    forward: (o, x) => image.biasAndActivation(x, o, undefined),
  },

  dropout: {
    tfjs: 'Dropout',
    differsInTraining: true,
    cases: { 'a third': (i) => i.dropout({ rate: 0.3 }) },
    forward: (o, { shape, data }, { random: { step, stream, seed } }) => ({
      shape,
      data: data.map((v, i) => (uniform(i, step, stream, seed) < Math.fround(o.rate) ? 0 : v / (1 - o.rate))),
    }),
  },

  gaussianNoise: {
    tfjs: 'GaussianNoise',
    differsInTraining: true,
    cases: { 'one level': (i) => i.gaussianNoise({ stddev: 0.1 }) },
    forward: (o, { shape, data }, { random: { step, stream, seed } }) => ({
      shape,
      data: data.map((v, i) => v + o.stddev * normal(i, step, stream, seed)),
    }),
  },

  flatten: {
    tfjs: 'Flatten',
    cases: { 'no options': (i) => i.flatten() },
    forward: (_, { shape, data }) => ({ shape: [size(shape)], data }),
  },

  reshape: {
    tfjs: 'Reshape',
    cases: { 'axes reversed': (i, shape) => i.reshape({ targetShape: [...shape].reverse() }) },
    forward: (o, { data }) => ({ shape: o.targetShape, data }),
  },

  residual: {
    tfjs: 'Add',
    cases: { convolution: (i, shape) => i.residual(path(i, last(shape))) },
    forward(_, { shape, data }, { wrapped }) {
      const y = wrapped();
      return { shape, data: data.map((v, i) => v + y.data[i]!) };
    },
  },

  skip: {
    tfjs: 'Concatenate',
    cases: { convolution: (i) => i.skip(path(i, 3)) },
    forward(_, { shape, data }, { wrapped }) {
      const y = wrapped();
      const [c, d] = [last(shape), last(y.shape)];
      const all = new Float64Array((data.length / c) * (c + d));
      for (let r = 0; r < data.length / c; r++) {
        all.set(data.subarray(r * c, r * c + c), r * (c + d));
        all.set(y.data.subarray(r * d, r * d + d), r * (c + d) + c);
      }
      return { shape: [...shape.slice(0, -1), c + d], data: all };
    },
  },
};
