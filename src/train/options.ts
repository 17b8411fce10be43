import { wrongValue } from '../core/errors.ts';
import { type Threads, threads } from '../core/threads.ts';
import type { Labels, Samples, Signal } from '../core/types.ts';
import {
  boolean,
  type Check,
  callback,
  choice,
  integerWithin,
  nonNegative,
  openUnitInterval,
  optional,
  positive,
  signal,
  unchecked,
  validate,
  validSeed,
} from '../core/validate.ts';
import { definitionFor, definitionOf } from '../engine/define-layer.ts';
import type { Layer } from '../engine/layer-definition.ts';
import { type Loss, lossTerms } from '../engine/losses.ts';
import type { History } from '../model/history.ts';
import { type AutoencoderSpec, checkCorruptions } from '../model/spec.ts';
import { adam } from './optimizers/adam.ts';
import { checkOptimizer, type Optimizer } from './optimizers/optimizer.ts';

/** What `onBatchEnd` receives. */
export interface BatchLogs {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** Batch of the epoch, counted from 0. */
  readonly batch: number;
  /** Batches of an epoch; undefined for a stream, whose length is unknown. */
  readonly batches: number | undefined;
  /** Samples in the batch. */
  readonly size: number;
  /** Loss of the batch before its update, penalties included. */
  readonly loss: number;
  /** Bits per sample, with `rateWeight`. */
  readonly rate?: number;
}

/** What `onEpochEnd` receives. */
export interface EpochLogs {
  /** Mean loss of the epoch's batches. */
  readonly loss: number;
  /** Loss of the validation data; undefined without validation data. */
  readonly valLoss: number | undefined;
  /** Bits per sample, with `rateWeight`: the mean of the epoch's batches. */
  readonly rate?: number;
  /** Bits per sample of the rounded codes of the validation data, with `rateWeight`. */
  readonly valRate?: number;
  /** Learning rate of the epoch's last step. */
  readonly learningRate: number;
  /** Seconds that the epoch took, validation included. */
  readonly seconds: number;
}

/** When `fit` stops before the last epoch. */
export interface EarlyStopping {
  /** Epochs in a row without improvement before training stops, as in Keras. Default 0, which means 1. */
  readonly patience?: number;
  /** Minimum decrease of the monitored loss that is an improvement, at least 0. Default 0. */
  readonly minDelta?: number;
  /** The monitored loss. Default `valLoss` with validation data, else `loss`. */
  readonly monitor?: 'loss' | 'valLoss';
  /** Restores the weights of the best epoch at the end. Default false: the model keeps the weights of the last epoch. */
  readonly restoreBest?: boolean;
}

/** Options of `fit`. */
export interface FitOptions {
  /** Total number of epochs, including the epochs of a resumed run. At least 1. Default 1. */
  readonly epochs?: number;
  /** Samples of a batch, 1..2^20. Default 32. */
  readonly batchSize?: number;
  /** Default `adam()`. */
  readonly optimizer?: Optimizer;
  /** A loss by name, or several with their weights. Default: the spec's, else `meanSquaredError`. */
  readonly loss?: Loss;
  /**
   * Noise on the input in training, not on the target: `gaussianNoise`, `maskingNoise`, `saltAndPepper`, `poissonNoise`,
   * `blockMask`, `mixture`. A list is applied in order. Default: the spec's, else none.
   */
  readonly corruption?: Layer | readonly Layer[];
  /**
   * Random changes of each sample in every step, before any corruption: `shift`, `flip`, `brightness`. The changed sample is
   * the target too. With `targets`, changes that move values move input and target alike, and other changes apply to the input
   * only. Default: none.
   */
  readonly augment?: Layer | readonly Layer[];
  /** The desired outputs, one for each sample of x. Not with streams. Default: x itself. */
  readonly targets?: Samples;
  /** The class of each sample of x, counted from 0, for a model with a head. Not with streams. */
  readonly labels?: Labels;
  /** Samples on which the loss is measured after every epoch. `fit` does not train on them. */
  readonly validationData?: Samples;
  /**
   * Fraction of the samples, in (0, 1), that becomes validation data, as in Keras: the last ones of x, targets, labels and
   * weights, before shuffling, at least one. For x in memory and without `validationData`.
   */
  readonly validationSplit?: number;
  /** The desired outputs for `validationData`. Default: `validationData` itself. */
  readonly validationTargets?: Samples;
  /** The class of each sample of `validationData`, for a model with a head. */
  readonly validationLabels?: Labels;
  /**
   * A factor for the loss of each sample of x, at least 0. The loss of a batch is the sum of its samples' losses times their
   * weights, divided by the number of its samples, as in Keras. Penalties are not weighted. With `validationSplit`, the
   * validation data is weighted too. Not with streams. Default: 1 for each sample.
   */
  readonly sampleWeight?: Float32Array | Float64Array | readonly number[];
  /** Drops the last batch of an epoch if it has fewer than `batchSize` samples. Default false. */
  readonly dropLast?: boolean;
  /** Shuffles the samples in every epoch; those of a stream within each chunk. Default true. */
  readonly shuffle?: boolean;
  /** Stops when a loss no longer improves. Default: trains all epochs. */
  readonly earlyStopping?: EarlyStopping;
  /** A penalty on the sensitivity of the encoder, such as `contractive({ weight: 0.1 })`. Default: none. */
  readonly contractive?: Layer;
  /**
   * Trains the size of the codes together with the error, for a model whose `latent` is `quantized`: adds
   * rateWeight · bits / values to the loss, with the bits and the values (such as pixels) of a sample. At least 0. A larger
   * weight gives fewer bits and a larger error; start with ten times the error that you want. Reported rates are bits per
   * sample. Default 0: the rate is not trained. Ballé et al., End-to-end optimized image compression, 2017.
   */
  readonly rateWeight?: number;
  /** Maximum Euclidean norm of all gradients together; larger gradients are scaled down (Pascanu et al., 2013). Above 0. Default: none. */
  readonly clipNorm?: number;
  /** Clips each gradient to ±clipValue, before `clipNorm`. Above 0. Default: none. */
  readonly clipValue?: number;
  /** Called and awaited after every batch; `batch` counts from 0. */
  readonly onBatchEnd?: (batch: number, logs: BatchLogs) => unknown;
  /** Called and awaited after every epoch; `epoch` counts from 0. */
  readonly onEpochEnd?: (epoch: number, logs: EpochLogs) => unknown;
  /** Aborts after the current batch: `fit` rejects with the signal's reason. */
  readonly signal?: Signal;
  /**
   * Whether `normalization` layers compute the statistics of `x` (and of `targets`) before the first step. A stream is read
   * once more for this. Default: layers that have no statistics yet do.
   */
  readonly adapt?: boolean;
  /** Strict SIMD: the same bits on every runtime. Default false: fused multiply-add where the runtime has it. */
  readonly deterministic?: boolean;
  /**
   * Number of threads that compute a step, the calling thread included: `auto` or 1..64. `auto` uses one thread for each core, at most
   * 8, if a step is long enough, and one thread where the runtime has no threads. If the runtime starts fewer threads than a number
   * asks for, `fit` warns once. With `deterministic`, the weights have the same bits with any number. Default 1.
   */
  readonly threads?: Threads;
  /** Seed of shuffling and noise, 0..2^53-1. Default: the model's. */
  readonly seed?: number;
  /**
   * Resumes an interrupted `fit`: `true` for the model's last training or checkpoint, or its history, from `model.history` or
   * `loadCheckpoint`. The run continues with the epoch, the position in the epoch, the step, the optimizer's state and the
   * seed. It needs the same type of optimizer and, within an epoch, the same `batchSize`; samples and other options may differ.
   *
   * Default: a new run from epoch 0 with a new optimizer, on the present weights. It warns on the console if the last run was
   * interrupted; `false` disables the warning.
   */
  readonly resume?: History | boolean;
}

/** Checks `earlyStopping`. `validated`: there is validation data. */
const stopping =
  (validated: boolean): Check<Required<EarlyStopping>> =>
  (name, value) => {
    const o = validate(
      name,
      value,
      {
        patience: optional(integerWithin(0, 2 ** 31), 0),
        minDelta: optional(nonNegative, 0),
        monitor: optional(choice('loss', 'valLoss'), validated ? 'valLoss' : 'loss'),
        restoreBest: optional(boolean, false),
      },
      `${name}.`,
    );
    if (o.monitor === 'valLoss' && !validated) {
      throw wrongValue(`${name}.monitor`, 'validationData to monitor', o.monitor);
    }
    return o;
  };

const penalty: Check<Layer> = (name, layer) => {
  definitionFor(layer, name, 'contractivePenalty', 'a penalty such as contractive()');
  return layer as Layer;
};

/** Checks `rateWeight`, for a model whose bottleneck has a rate. */
const rateWeight =
  ({ latent, frozen }: AutoencoderSpec): Check<number> =>
  (name, value) => {
    const weight = nonNegative(name, value);
    const definition = latent && definitionOf(latent, 'latent');
    const expected = 'a trainable model whose latent is quantized()';
    if (!definition?.codeBits || frozen) throw wrongValue(name, expected, frozen ? 'a frozen one' : definition?.type);
    return weight;
  };

/** The options of `fit` with their defaults, each checked. Samples are checked by their readers. */
export type FitSettings = ReturnType<typeof fitSettings>;

/** Errors: TypeError, RangeError for a wrong option. */
export function fitSettings(spec: AutoencoderSpec, given: FitOptions) {
  const hasValidationData = given?.validationData !== undefined;
  const validated = hasValidationData || given?.validationSplit !== undefined;
  const withValidationData: Check = (name) => {
    if (!hasValidationData) throw wrongValue(name, 'validationData', undefined);
  };
  const split: Check<number> = (name, value) => {
    if (hasValidationData) throw wrongValue(name, 'no validationData', value);
    return openUnitInterval(name, value);
  };
  return validate('options', given, {
    epochs: optional(integerWithin(1, 2 ** 31), 1),
    batchSize: optional(integerWithin(1, 2 ** 20), 32),
    optimizer: (_, value) => checkOptimizer(value ?? adam()),
    loss: (_, value) => lossTerms(value ?? spec.loss ?? 'meanSquaredError'),
    corruption: (_, value) => checkCorruptions(value ?? spec.corruption, spec.input),
    augment: (name, value) => checkCorruptions(value, spec.input, name, 'augments', 'an augmentation such as shift()'),
    contractive: optional(penalty),
    rateWeight: optional(rateWeight(spec), 0),
    targets: unchecked,
    labels: unchecked,
    validationData: unchecked,
    validationSplit: optional(split),
    sampleWeight: unchecked,
    validationTargets: optional(withValidationData),
    validationLabels: optional(withValidationData),
    shuffle: optional(boolean, true),
    dropLast: optional(boolean, false),
    earlyStopping: optional(stopping(validated)),
    clipNorm: optional(positive, 0),
    clipValue: optional(positive, 0),
    onBatchEnd: optional(callback),
    onEpochEnd: optional(callback),
    signal: optional(signal),
    adapt: optional(boolean),
    deterministic: optional(boolean, false),
    threads: optional(threads, 1),
    seed: optional(validSeed),
    resume: unchecked,
  });
}
