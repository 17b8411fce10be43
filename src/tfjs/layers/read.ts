// Converts a layer of a tf.LayersModel to a layer of isthmus.

import { wrongValue } from '../../core/errors.ts';
import type { Layer } from '../../engine/layer-definition.ts';
import { activation } from '../../layers/activation.ts';
import { batchNormalization } from '../../layers/batch-normalization.ts';
import { conv1d } from '../../layers/conv1d.ts';
import { conv2d } from '../../layers/conv2d.ts';
import { conv2dTranspose } from '../../layers/conv2d-transpose.ts';
import { dense } from '../../layers/dense.ts';
import { depthwiseConv2d } from '../../layers/depthwise-conv2d.ts';
import { dropout } from '../../layers/dropout.ts';
import { gaussianNoise } from '../../layers/gaussian-noise.ts';
import { gru } from '../../layers/gru.ts';
import { layerNormalization } from '../../layers/layer-normalization.ts';
import { cropping2d, zeroPadding2d } from '../../layers/padding.ts';
import {
  averagePooling1d,
  averagePooling2d,
  globalAveragePooling2d,
  maxPooling1d,
  maxPooling2d,
} from '../../layers/pooling.ts';
import { flatten, reshape } from '../../layers/reshape.ts';
import { separableConv2d } from '../../layers/separable-conv2d.ts';
import { upSampling2d } from '../../layers/up-sampling.ts';
import type { Config, TfLayer } from '../internal/layers.ts';
import { activationFrom, LEAKY_SLOPE } from './activations.ts';

/** The number in a list of one: tfjs stores sizes along one axis as lists. */
const single = (value: number | number[]): number => (Array.isArray(value) ? value[0]! : value);

/** The options that all convolutions share. `name`: the layer's name for errors; `oneAxis`: sizes are numbers. */
function convOptions(c: Config, name: string, oneAxis = false): Config {
  const size = (value: number | number[]) => (oneAxis ? single(value) : value);
  const { kernelSize, strides, padding, dilationRate, useBias } = c;
  if (padding !== 'same' && padding !== 'valid') throw wrongValue(`${name}.padding`, 'same or valid', padding);
  const sizes = { kernelSize: size(kernelSize), strides: size(strides), dilationRate: size(dilationRate ?? 1) };
  return { ...sizes, padding, useBias, activation: activationFrom(c.activation, name) };
}

/** The options `l1` and `l2` of a regularizer. */
function penalty(regularizer: { config?: { l1?: number; l2?: number } } | null | undefined): Config {
  const { l1 = 0, l2 = 0 } = regularizer?.config ?? {};
  return { ...(l1 && { l1 }), ...(l2 && { l2 }) };
}

const pool = ({ poolSize, strides, padding }: Config): Config => ({ poolSize, strides, padding });
const pool1d = (c: Config) => ({ ...pool(c), poolSize: single(c.poolSize), strides: single(c.strides) });
const norm = ({ epsilon, center, scale }: Config) => ({ epsilon, center, scale });

/** Whether an axis, or a list of one axis, is the last axis of the layer's output. */
const isLast = (layer: TfLayer, axis: number | number[]): boolean => {
  const rank = (layer.outputShape as number[]).length;
  return [axis].flat().join() === '-1' || [axis].flat().join() === String(rank - 1);
};

/** Returns undefined for a layer that computes nothing. */
type Reader = (c: Config, layer: TfLayer) => object | undefined;

// biome-ignore format: a table
const readers: Readonly<Record<string, Reader | undefined>> = {
  InputLayer: () => undefined,
  Dense: (c, { name }) => dense({ units: c.units, useBias: c.useBias, activation: activationFrom(c.activation, name), ...penalty(c.kernelRegularizer) }),
  Conv1D: (c, { name }) => conv1d({ filters: c.filters, ...convOptions(c, name, true), ...penalty(c.kernelRegularizer) } as never),
  Conv2D: (c, { name }) => conv2d({ filters: c.filters, ...convOptions(c, name), ...penalty(c.kernelRegularizer) } as never),
  Conv2DTranspose: (c, { name }) => conv2dTranspose({ filters: c.filters, ...convOptions(c, name), ...penalty(c.kernelRegularizer) } as never),
  DepthwiseConv2D: (c, { name }) => depthwiseConv2d({ depthMultiplier: c.depthMultiplier, ...convOptions(c, name), ...penalty(c.depthwiseRegularizer) } as never),
  // The configuration does not contain the multiplier.
  SeparableConv2D: (c, layer) => separableConv2d({ filters: c.filters, depthMultiplier: layer.getWeights()[0]!.shape[3], ...convOptions(c, layer.name), ...penalty(c.depthwiseRegularizer) } as never),
  MaxPooling1D: (c) => maxPooling1d(pool1d(c)),
  MaxPooling2D: (c) => maxPooling2d(pool(c)),
  AveragePooling1D: (c) => averagePooling1d(pool1d(c)),
  AveragePooling2D: (c) => averagePooling2d(pool(c)),
  GlobalAveragePooling2D: () => globalAveragePooling2d(),
  UpSampling2D: (c, { name }) => {
    if (c.interpolation !== 'nearest') throw wrongValue(`${name}.interpolation`, 'nearest', c.interpolation);
    return upSampling2d({ size: c.size });
  },
  ZeroPadding2D: ({ padding }) => zeroPadding2d({ padding }),
  Cropping2D: ({ cropping }) => cropping2d({ cropping }),
  BatchNormalization: (c, layer) => {
    if (!isLast(layer, c.axis)) throw wrongValue(`${layer.name}.axis`, 'the last', c.axis);
    return batchNormalization({ ...norm(c), momentum: c.momentum });
  },
  LayerNormalization: (c, layer) => {
    if (!isLast(layer, c.axis)) throw wrongValue(`${layer.name}.axis`, 'the last', c.axis);
    return layerNormalization(norm(c));
  },
  GRU: (c, { name }) => {
    for (const key of ['dropout', 'recurrentDropout', 'stateful', 'returnState'])
      if (c[key]) throw wrongValue(`${name}.${key}`, 'none', c[key]);
    if (c.activation !== 'tanh') throw wrongValue(`${name}.activation`, 'tanh', c.activation);
    if (c.recurrentActivation !== 'sigmoid') throw wrongValue(`${name}.recurrentActivation`, 'sigmoid', c.recurrentActivation);
    const { units, returnSequences, goBackwards, useBias, resetAfter = false } = c;
    return gru({ units, returnSequences, goBackwards, useBias, resetAfter, ...penalty(c.kernelRegularizer) });
  },
  Activation: (c, { name }) => activation({ activation: activationFrom(c.activation, name) }),
  ReLU: (c, { name }) => {
    if (c.maxValue != null) throw wrongValue(`${name}.maxValue`, 'none', c.maxValue);
    return activation({ activation: 'relu' });
  },
  LeakyReLU: (c, { name }) => {
    if (c.alpha !== LEAKY_SLOPE) throw wrongValue(`${name}.alpha`, String(LEAKY_SLOPE), c.alpha);
    return activation({ activation: 'leakyRelu' });
  },
  ELU: (c, { name }) => {
    if (c.alpha !== 1) throw wrongValue(`${name}.alpha`, '1', c.alpha);
    return activation({ activation: 'elu' });
  },
  Softmax: (c, layer) => {
    if (!isLast(layer, c.axis ?? -1)) throw wrongValue(`${layer.name}.axis`, 'the last', c.axis);
    return activation({ activation: 'softmax' });
  },
  Dropout: (c) => dropout({ rate: c.rate }),
  GaussianNoise: (c) => gaussianNoise({ stddev: c.stddev }),
  Flatten: () => flatten(),
  Reshape: (_, layer) => reshape({ targetShape: (layer.outputShape as number[]).slice(1) }),
};

/** The layer of isthmus; undefined for a layer that computes nothing. Errors: RangeError with the name of the layer. */
export function readLayer(layer: TfLayer): Layer | undefined {
  const type = layer.getClassName();
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (!reader) throw wrongValue(layer.name, 'a layer that isthmus has', type);
  const config = layer.getConfig();
  if (config.dataFormat === 'channelsFirst')
    throw wrongValue(`${layer.name}.dataFormat`, 'channelsLast', config.dataFormat);
  return reader(config, layer) as Layer | undefined;
}
