export type { Codec } from './codec/codec.ts';
export type { Damage } from './codec/container/parser.ts';
export { createCodec, type ValuesOf } from './codec/create.ts';
export type { UnpackOptions } from './codec/decompress.ts';
export { loadCodec } from './codec/file.ts';
export type { CodecOptions } from './codec/options.ts';
export type { CodecReader } from './codec/reader.ts';
export type { Through } from './codec/streams.ts';
export { FormatError, type FormatErrorCode, UnsupportedError } from './core/errors.ts';
export type { ProgressOptions } from './core/progress.ts';
export type { Labels, Samples, Signal } from './core/types.ts';
export type { TrainingSamples } from './data/training-source.ts';
export { type DenoiseImageOptions, denoiseImage } from './denoise/image.ts';
export type { ImageLike, Pixels } from './denoise/image-size.ts';
export { type InpaintOptions, inpaint } from './denoise/inpaint.ts';
export { estimateNoise, type NoiseOptions } from './denoise/noise-level.ts';
export { type DenoiseSignalOptions, denoiseSignal } from './denoise/signal.ts';
export { anomalyDetector, type Detector, type DetectorOptions, loadDetector } from './detect/detector.ts';
export type { EngineFactory } from './engine/factory.ts';
export type { Layer, Shape } from './engine/layer-definition.ts';
export type { Loss, LossName } from './engine/losses.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate/evaluate.ts';
export { loadCheckpoint, saveCheckpoint } from './files/checkpoint.ts';
export type { SaveType } from './files/dtype.ts';
export { type LoadOptions, loadModel, type SaveOptions, saveModel } from './files/model.ts';
export type { ModelSource } from './files/read-source.ts';
export { interpolate } from './generate/interpolate.ts';
export { latentMap } from './generate/latent-map.ts';
export { fitMixture, type Mixture, type MixtureOptions } from './generate/mixture.ts';
export { type SampleOptions, sample } from './generate/sample.ts';
export { type ActivationOptions, activation } from './layers/activation.ts';
export type { Activation } from './layers/activations.ts';
export { type BatchNormalizationOptions, batchNormalization } from './layers/batch-normalization.ts';
export { type ContractiveOptions, contractive } from './layers/bottlenecks/contractive.ts';
export { type KSparseOptions, kSparse } from './layers/bottlenecks/k-sparse.ts';
export { type QuantizedOptions, quantized } from './layers/bottlenecks/quantized.ts';
export { type SparseOptions, sparse } from './layers/bottlenecks/sparse.ts';
export { type VariationalOptions, variational } from './layers/bottlenecks/variational.ts';
export { type Conv1dOptions, conv1d } from './layers/conv1d.ts';
export { type Conv2dOptions, conv2d } from './layers/conv2d.ts';
export { type Conv2dTransposeOptions, conv2dTranspose } from './layers/conv2d-transpose.ts';
export { type DenseOptions, dense } from './layers/dense.ts';
export { type DepthwiseConv2dOptions, depthwiseConv2d } from './layers/depthwise-conv2d.ts';
export { type DropoutOptions, dropout } from './layers/dropout.ts';
export { type GaussianNoiseOptions, gaussianNoise } from './layers/gaussian-noise.ts';
export { type GruOptions, gru } from './layers/gru.ts';
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
export { type PathOptions, residual, skip } from './layers/skip-connections.ts';
export { type BlockMaskOptions, blockMask } from './layers/transforms/block-mask.ts';
export { type BrightnessOptions, brightness } from './layers/transforms/brightness.ts';
export { type FlipOptions, flip } from './layers/transforms/flip.ts';
export { type MaskingNoiseOptions, maskingNoise } from './layers/transforms/masking-noise.ts';
export { mixture, type NoiseMixtureOptions } from './layers/transforms/mixture.ts';
export type { Level } from './layers/transforms/noise-level.ts';
export { type PoissonNoiseOptions, poissonNoise } from './layers/transforms/poisson-noise.ts';
export { type SaltAndPepperOptions, saltAndPepper } from './layers/transforms/salt-and-pepper.ts';
export { type ShiftOptions, shift } from './layers/transforms/shift.ts';
export {
  type UpSampling1dOptions,
  type UpSampling2dOptions,
  upSampling1d,
  upSampling2d,
} from './layers/up-sampling.ts';
export { type AutoencoderOptions, autoencoder } from './model/autoencoder.ts';
export { addHead, classify, type HeadOptions } from './model/head.ts';
export type { Model, Weights } from './model/model.ts';
export type { CommonOptions, HiddenOptions } from './model/presets/common.ts';
export {
  type ConvolutionalOptions,
  convAutoencoder,
  type SignalOptions,
  signalAutoencoder,
} from './model/presets/convolutional.ts';
export { type DenoisingOptions, denoisingAutoencoder } from './model/presets/denoising.ts';
export {
  deepAutoencoder,
  denseAutoencoder,
  type SparseAutoencoderOptions,
  sparseAutoencoder,
  type VariationalAutoencoderOptions,
  variationalAutoencoder,
} from './model/presets/dense.ts';
export type { AutoencoderSpec } from './model/spec.ts';
export type { History } from './model/training-record.ts';
export { fit } from './train/fit.ts';
export { type AdamOptions, type AdamwOptions, adam, adamw } from './train/optimizers/adam.ts';
export type { Optimizer } from './train/optimizers/optimizer.ts';
export { type RmspropOptions, rmsprop } from './train/optimizers/rmsprop.ts';
export {
  type CosineOptions,
  cosine,
  type ExponentialDecayOptions,
  exponentialDecay,
  type LearningRate,
  type Schedule,
  type WarmupOptions,
  warmup,
} from './train/optimizers/schedules.ts';
export { type MomentumOptions, momentum, type SgdOptions, sgd } from './train/optimizers/sgd.ts';
export type { BatchLogs, EarlyStopping, EpochLogs, FitOptions } from './train/options.ts';
