// The list of layers, bottlenecks, corruptions and augmentations: one line for each file. `isthmus` exports all of it.
// The build makes from it the layers that `loadModel` knows and the factories of isthmus/worker (scripts/layer-lists.mjs);
// a test checks that each layer has a row in test/reference/layer-table.ts. Nothing in here is a list of values, so bundlers
// drop the layers that are not used.

export { type ActivationOptions, activation } from './activation.ts';
export type { Activation } from './activations.ts';
export { type BatchNormalizationOptions, batchNormalization } from './batch-normalization.ts';
export { type ContractiveOptions, contractive } from './bottlenecks/contractive.ts';
export { type KSparseOptions, kSparse } from './bottlenecks/k-sparse.ts';
export { type QuantizedOptions, quantized } from './bottlenecks/quantized.ts';
export { type SparseOptions, sparse } from './bottlenecks/sparse.ts';
export { type VariationalOptions, variational } from './bottlenecks/variational.ts';
export { type Conv1dOptions, conv1d } from './conv1d.ts';
export { type Conv2dOptions, conv2d } from './conv2d.ts';
export { type Conv2dTransposeOptions, conv2dTranspose } from './conv2d-transpose.ts';
export { type DenseOptions, dense } from './dense.ts';
export { type DepthwiseConv2dOptions, depthwiseConv2d } from './depthwise-conv2d.ts';
export { type DropoutOptions, dropout } from './dropout.ts';
export { type GaussianNoiseOptions, gaussianNoise } from './gaussian-noise.ts';
export { type GruOptions, gru } from './gru.ts';
export { type LayerNormalizationOptions, layerNormalization } from './layer-normalization.ts';
export { type NormalizationOptions, normalization } from './normalization.ts';
export {
  type Cropping1dOptions,
  type Cropping2dOptions,
  cropping1d,
  cropping2d,
  type Edges,
  type ImageEdges,
  type ZeroPadding1dOptions,
  type ZeroPadding2dOptions,
  zeroPadding1d,
  zeroPadding2d,
} from './padding.ts';
export {
  averagePooling1d,
  averagePooling2d,
  globalAveragePooling2d,
  maxPooling1d,
  maxPooling2d,
  type Pooling1dOptions,
  type Pooling2dOptions,
} from './pooling.ts';
export { flatten, type ReshapeOptions, reshape } from './reshape.ts';
export { type SeparableConv2dOptions, separableConv2d } from './separable-conv2d.ts';
export { type PathOptions, residual, skip } from './skip-connections.ts';
export { type BlockMaskOptions, blockMask } from './transforms/block-mask.ts';
export { type BrightnessOptions, brightness } from './transforms/brightness.ts';
export { type FlipOptions, flip } from './transforms/flip.ts';
export { type MaskingNoiseOptions, maskingNoise } from './transforms/masking-noise.ts';
export { mixture, type NoiseMixtureOptions } from './transforms/mixture.ts';
export type { Level } from './transforms/noise-level.ts';
export { type PoissonNoiseOptions, poissonNoise } from './transforms/poisson-noise.ts';
export { type SaltAndPepperOptions, saltAndPepper } from './transforms/salt-and-pepper.ts';
export { type ShiftOptions, shift } from './transforms/shift.ts';
export {
  type UpSampling1dOptions,
  type UpSampling2dOptions,
  upSampling1d,
  upSampling2d,
} from './up-sampling.ts';
