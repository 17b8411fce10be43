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
export type { Shape } from './core/shape.ts';
export type { ThreadOptions } from './core/thread-options.ts';
export type { Threads } from './core/threads.ts';
export type { Labels, Samples, Signal } from './core/types.ts';
export type { TrainingSamples } from './data/training-source.ts';
export { type DenoiseImageOptions, denoiseImage } from './denoise/image.ts';
export type { ImageLike, Pixels } from './denoise/image-size.ts';
export { type InpaintOptions, inpaint } from './denoise/inpaint.ts';
export { estimateNoise, type NoiseOptions } from './denoise/noise-level.ts';
export { type DenoiseSignalOptions, denoiseSignal } from './denoise/signal.ts';
export { anomalyDetector, type Detector, type DetectorOptions, loadDetector } from './detect/detector.ts';
export type { EngineFactory } from './engine/engine.ts';
export type { Layer } from './engine/layer-definition.ts';
export type { Loss, LossName } from './engine/losses.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate/evaluate.ts';
export { loadCheckpoint, saveCheckpoint } from './files/checkpoint.ts';
export type { SaveType } from './files/dtype.ts';
export { type LoadOptions, loadModel, type SaveOptions, saveModel } from './files/model.ts';
export { fromStateDict, type ModuleNames, toStateDict } from './files/pytorch/state-dict.ts';
export type { ModelSource } from './files/read-source.ts';
export type { TensorType } from './files/safetensors.ts';
export {
  readSafetensors,
  type SafetensorsContent,
  type SafetensorsEntry,
  type TensorData,
  type TensorInput,
  writeSafetensors,
} from './files/typed-tensors.ts';
export { interpolate } from './generate/interpolate.ts';
export { latentMap } from './generate/latent-map.ts';
export { fitMixture, type Mixture, type MixtureOptions } from './generate/mixture.ts';
export { type SampleOptions, sample } from './generate/sample.ts';
export * from './layers/quantized/registry.ts';
export * from './layers/registry.ts';
export { type AutoencoderOptions, autoencoder } from './model/autoencoder.ts';
export { addHead, classify, type HeadOptions } from './model/head.ts';
export type { History } from './model/history.ts';
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
export { quantize } from './quantize/quantize.ts';
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
