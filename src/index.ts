export type { Activation } from './activations.ts';
export { type BrightnessOptions, brightness } from './augment/brightness.ts';
export { type FlipOptions, flip } from './augment/flip.ts';
export { type ShiftOptions, shift } from './augment/shift.ts';
export { type AutoencoderOptions, autoencoder } from './autoencoder.ts';
export type { Codec } from './codec/codec.ts';
export { createCodec, type ValuesOf } from './codec/create.ts';
export { loadCodec } from './codec/file.ts';
export type { CodecOptions } from './codec/options.ts';
export type { CodecReader } from './codec/reader.ts';
export type { Damage } from './codec/records.ts';
export type { Through } from './codec/streams.ts';
export type { UnpackOptions } from './codec/unpack.ts';
export { type BlockMaskOptions, blockMask } from './corruptions/block-mask.ts';
export type { Level } from './corruptions/common.ts';
export { type MaskingNoiseOptions, maskingNoise } from './corruptions/masking-noise.ts';
export { mixture, type NoiseMixtureOptions } from './corruptions/mixture.ts';
export { type PoissonNoiseOptions, poissonNoise } from './corruptions/poisson-noise.ts';
export { type SaltAndPepperOptions, saltAndPepper } from './corruptions/salt-and-pepper.ts';
export { type DenoiseImageOptions, denoiseImage } from './denoise/image.ts';
export { type InpaintOptions, inpaint } from './denoise/inpaint.ts';
export { estimateNoise, type NoiseOptions } from './denoise/noise.ts';
export type { ImageLike, Pixels } from './denoise/picture.ts';
export { type DenoiseSignalOptions, denoiseSignal } from './denoise/signal.ts';
export { anomalyDetector, type Detector, type DetectorOptions, loadDetector } from './detect/detector.ts';
export type { EngineFactory } from './engine/factory.ts';
export { FormatError, type FormatErrorCode, UnsupportedError } from './errors.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export { interpolate } from './generate/interpolate.ts';
export { latentMap } from './generate/latent-map.ts';
export { fitMixture, type Mixture, type MixtureOptions } from './generate/mixture.ts';
export { type SampleOptions, sample } from './generate/sample.ts';
export { addHead, classify, type HeadOptions } from './head.ts';
export { type ContractiveOptions, contractive } from './latents/contractive.ts';
export { type KSparseOptions, kSparse } from './latents/k-sparse.ts';
export { type QuantizedOptions, quantized } from './latents/quantized.ts';
export { type SparseOptions, sparse } from './latents/sparse.ts';
export { type VariationalOptions, variational } from './latents/variational.ts';
export { type ActivationOptions, activation } from './layers/activation.ts';
export { type BatchNormalizationOptions, batchNormalization } from './layers/batch-normalization.ts';
export { type Conv1dOptions, conv1d } from './layers/conv1d.ts';
export { type Conv2dOptions, conv2d } from './layers/conv2d.ts';
export { type Conv2dTransposeOptions, conv2dTranspose } from './layers/conv2d-transpose.ts';
export { type DenseOptions, dense } from './layers/dense.ts';
export { type DepthwiseConv2dOptions, depthwiseConv2d } from './layers/depthwise-conv2d.ts';
export { type DropoutOptions, dropout } from './layers/dropout.ts';
export { type GaussianNoiseOptions, gaussianNoise } from './layers/gaussian-noise.ts';
export type { Layer, Shape } from './layers/layer.ts';
export { type LayerNormalizationOptions, layerNormalization } from './layers/layer-normalization.ts';
export { type NormalizationOptions, normalization } from './layers/normalization.ts';
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
} from './layers/padding.ts';
export { type PathOptions, residual, skip } from './layers/paths.ts';
export {
  averagePooling1d,
  averagePooling2d,
  globalAveragePooling2d,
  maxPooling1d,
  maxPooling2d,
  type Pooling1dOptions,
  type Pooling2dOptions,
} from './layers/pooling.ts';
export { flatten, type ReshapeOptions, reshape } from './layers/reshape.ts';
export { type SeparableConv2dOptions, separableConv2d } from './layers/separable-conv2d.ts';
export {
  type UpSampling1dOptions,
  type UpSampling2dOptions,
  upSampling1d,
  upSampling2d,
} from './layers/up-sampling.ts';
export type { Loss, LossName } from './losses.ts';
export type { Model, Weights } from './model.ts';
export { type AdamOptions, type AdamwOptions, adam, adamw } from './optimizers/adam.ts';
export type { Optimizer } from './optimizers/optimizer.ts';
export { type RmspropOptions, rmsprop } from './optimizers/rmsprop.ts';
export {
  type CosineOptions,
  cosine,
  type ExponentialDecayOptions,
  exponentialDecay,
  type LearningRate,
  type Schedule,
  type WarmupOptions,
  warmup,
} from './optimizers/schedules.ts';
export { type MomentumOptions, momentum, type SgdOptions, sgd } from './optimizers/sgd.ts';

export { loadCheckpoint, saveCheckpoint } from './save/checkpoint.ts';
export type { SaveType } from './save/dtype.ts';
export { type LoadOptions, loadModel, type SaveOptions, saveModel } from './save/model.ts';
export type { ModelSource } from './save/source.ts';
export type { AutoencoderSpec } from './spec.ts';
export type { CommonOptions, HiddenOptions } from './specs/common.ts';
export {
  type ConvolutionalOptions,
  convAutoencoder,
  type SignalOptions,
  signalAutoencoder,
} from './specs/convolutional.ts';
export { type DenoisingOptions, denoisingAutoencoder } from './specs/denoising.ts';
export {
  deepAutoencoder,
  denseAutoencoder,
  type SparseAutoencoderOptions,
  sparseAutoencoder,
  type VariationalAutoencoderOptions,
  variationalAutoencoder,
} from './specs/dense.ts';
export type { ProgressOptions } from './steps.ts';
export { fit } from './train/fit.ts';
export type { BatchLogs, EarlyStopping, EpochLogs, FitOptions } from './train/options.ts';
export type { History } from './train/record.ts';
export type { TrainingSamples } from './train/source.ts';
export type { Labels, Samples, Signal } from './types.ts';
