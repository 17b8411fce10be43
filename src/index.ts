export type { Activation } from './activations.ts';
export { type AutoencoderOptions, autoencoder } from './autoencoder.ts';
export { FormatError, type FormatErrorCode, UnsupportedError } from './errors.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export { type DenseOptions, dense } from './layers/dense.ts';
export { type DropoutOptions, dropout } from './layers/dropout.ts';
export { type GaussianNoiseOptions, gaussianNoise } from './layers/gaussian-noise.ts';
export type { Layer, Shape } from './layers/layer.ts';
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
export type { Samples } from './samples.ts';
export { loadCheckpoint, saveCheckpoint } from './save/checkpoint.ts';
export type { SaveType } from './save/dtype.ts';
export { type LoadOptions, loadModel, type ModelSource, type SaveOptions, saveModel } from './save/model.ts';
export type { AutoencoderSpec } from './spec.ts';
export { fit } from './train/fit.ts';
export type { BatchLogs, EarlyStopping, EpochLogs, FitOptions } from './train/options.ts';
export type { History } from './train/record.ts';
export type { TrainingSamples } from './train/source.ts';
