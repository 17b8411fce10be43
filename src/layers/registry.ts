import type { LayerFactory } from '../engine/layer-definition.ts';
import { activation } from './activation.ts';
import { batchNormalization } from './batch-normalization.ts';
import { contractive } from './bottlenecks/contractive.ts';
import { kSparse } from './bottlenecks/k-sparse.ts';
import { quantized } from './bottlenecks/quantized.ts';
import { sparse } from './bottlenecks/sparse.ts';
import { variational } from './bottlenecks/variational.ts';
import { conv1d } from './conv1d.ts';
import { conv2d } from './conv2d.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { dense } from './dense.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { dropout } from './dropout.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import { gru } from './gru.ts';
import { layerNormalization } from './layer-normalization.ts';
import { normalization } from './normalization.ts';
import { cropping1d, cropping2d, zeroPadding1d, zeroPadding2d } from './padding.ts';
import { averagePooling1d, averagePooling2d, globalAveragePooling2d, maxPooling1d, maxPooling2d } from './pooling.ts';
import { flatten, reshape } from './reshape.ts';
import { separableConv2d } from './separable-conv2d.ts';
import { residual, skip } from './skip-connections.ts';
import { blockMask } from './transforms/block-mask.ts';
import { maskingNoise } from './transforms/masking-noise.ts';
import { mixture } from './transforms/mixture.ts';
import { poissonNoise } from './transforms/poisson-noise.ts';
import { saltAndPepper } from './transforms/salt-and-pepper.ts';
import { upSampling1d, upSampling2d } from './up-sampling.ts';

// biome-ignore lint/suspicious/noExplicitAny: each factory has options of its own
export type AnyLayerFactory = LayerFactory<any>;

/** All layers and corruptions there are, for `loadModel`. */
export const allLayers = (): readonly AnyLayerFactory[] => [
  ...[dense, conv1d, conv2d, conv2dTranspose, depthwiseConv2d, separableConv2d],
  ...[maxPooling1d, maxPooling2d, averagePooling1d, averagePooling2d, globalAveragePooling2d],
  ...[zeroPadding1d, zeroPadding2d, cropping1d, cropping2d],
  ...[upSampling1d, upSampling2d, batchNormalization, layerNormalization, normalization],
  ...[maskingNoise, saltAndPepper, poissonNoise, blockMask, mixture],
  ...[variational, sparse, kSparse, quantized, contractive],
  ...[gru, activation, dropout, gaussianNoise, flatten, reshape, residual, skip],
];
