import { wrongValue } from '../core/errors.ts';
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

/** After a batch. `batches` is missing where the number is not known beforehand. */
export interface BatchLogs {
  readonly epoch: number;
  readonly batch: number;
  readonly batches: number | undefined;
  /** Samples in the batch. */
  readonly size: number;
  readonly loss: number;
  /** Bits a sample, with `rateWeight`. */
  readonly rate?: number;
}

/** After an epoch. `valLoss` is missing without validation data. */
export interface EpochLogs {
  readonly loss: number;
  readonly valLoss: number | undefined;
  /** Bits a sample, with `rateWeight`: mean over the epoch as it went; and of the rounded codes of the validation data. */
  readonly rate?: number;
  readonly valRate?: number;
  readonly learningRate: number;
  readonly seconds: number;
}

export interface EarlyStopping {
  /** Stops after so many epochs in a row without improvement, as in Keras. Default 0, which counts as 1. */
  readonly patience?: number;
  /** An improvement must be larger than this. Default 0. */
  readonly minDelta?: number;
  /** Default `valLoss` with validation data, else `loss`. */
  readonly monitor?: 'loss' | 'valLoss';
  /** Ends with the weights of the best epoch instead of the last. Default false. */
  readonly restoreBest?: boolean;
}

export interface FitOptions {
  /** Epochs in all, those of a resumed run included. Default 1. */
  readonly epochs?: number;
  /** Default 32. */
  readonly batchSize?: number;
  /** Default `adam()`. */
  readonly optimizer?: Optimizer;
  /** Default: the spec's, else `meanSquaredError`. */
  readonly loss?: Loss;
  /** Noise put on the input while training, not on the target. Default: the spec's, else none. */
  readonly corruption?: Layer | readonly Layer[];
  /**
   * Changes of the samples themselves, drawn for each at every step, before any corruption: `shift`, `flip`, `brightness`.
   * The changed sample is the target too. With `targets`, those that move values move both alike, and others change the
   * input alone. Default: none.
   */
  readonly augment?: Layer | readonly Layer[];
  /** What the output is to be, where that is not the input; as many samples as x. Not with streams. */
  readonly targets?: Samples;
  /** The same for a head that tells classes: the number of each sample's class. */
  readonly labels?: Labels;
  /** Samples that are measured after every epoch and not trained on. */
  readonly validationData?: Samples;
  /**
   * The share of the samples, in (0, 1), that is validation data instead: the last of x, targets, labels and weights, before
   * any shuffling, as in Keras. With x in memory, in the place of `validationData`. At least one sample.
   */
  readonly validationSplit?: number;
  /** What the output for `validationData` is to be. Default: itself. */
  readonly validationTargets?: Samples;
  readonly validationLabels?: Labels;
  /**
   * A factor of each sample's loss, one for each sample of x, at least 0. A batch's loss is the sum of what its samples
   * have times their weights, by the number of its samples, as in Keras; penalties of weights and codes are not weighed.
   * With `validationSplit` the validation data has its weights too. Not with streams. Default: 1 for each.
   */
  readonly sampleWeight?: Float32Array | Float64Array | readonly number[];
  /** Leaves out the last batch of an epoch where it has fewer than `batchSize` samples. Default false. */
  readonly dropLast?: boolean;
  /** Draws the samples of an epoch in random order; a stream is shuffled within each chunk. Default true. */
  readonly shuffle?: boolean;
  readonly earlyStopping?: EarlyStopping;
  /** A penalty on what the encoder does with small changes, such as `contractive({ weight: 0.1 })`. */
  readonly contractive?: Layer;
  /**
   * Trains what codes cost together with the error: adds rateWeight·bits to the loss. Bits are counted for each value of
   * a sample (a pixel of a picture), as the loss is a mean over them, so that a weight suits samples of any size; where
   * they are reported they are those of a whole sample. More weight, fewer bits and more error: begin with ten times
   * the error that you want. For models whose `latent` is `quantized`. Default 0: the rate is not trained. Ballé et al.,
   * End-to-end optimized image compression, 2017.
   */
  readonly rateWeight?: number;
  /** Scales all gradients down together when their joint Euclidean norm is larger (Pascanu et al., 2013). */
  readonly clipNorm?: number;
  /** Holds every gradient within ± this. */
  readonly clipValue?: number;
  /** After every batch, awaited; `batch` counts from 0. */
  readonly onBatchEnd?: (batch: number, logs: BatchLogs) => unknown;
  /** After every epoch, awaited; `epoch` counts from 0. */
  readonly onEpochEnd?: (epoch: number, logs: EpochLogs) => unknown;
  /** Stops after the batch under way; `fit` then rejects with the signal's reason. */
  readonly signal?: Signal;
  /**
   * Whether `normalization` layers learn the statistics of `x` (and of `targets`) before the first step. Default: those
   * that have not yet. A stream is read once more for this.
   */
  readonly adapt?: boolean;
  /** Strict SIMD: the same bits on every runtime. Default false: fused multiply-add where there is one. */
  readonly deterministic?: boolean;
  /** Seed of shuffling and noise. Default: the model's. */
  readonly seed?: number;
  /**
   * Goes on with an interrupted `fit`: `true` with that of the model's last training or checkpoint, or its history, of
   * `model.history` or `loadCheckpoint`. Epoch, place in the epoch, numbers of updates, the optimizer's state and the seed
   * are those of the interrupted run, which needs the same kind of optimizer and, within an epoch, the same batchSize;
   * samples and all other options are those given now. `epochs` counts those that are done too. Default: a run of its
   * own from epoch 0, with a new optimizer, on the weights as they are; where a run was interrupted before, a warning on
   * the console says so, unless this is `false`.
   */
  readonly resume?: History | boolean;
}

/** Checks of what `earlyStopping` says. */
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

/** Checks the weight of the rate, for a model that has one. */
const rateWeight =
  ({ latent, frozen }: AutoencoderSpec): Check<number> =>
  (name, value) => {
    const weight = nonNegative(name, value);
    const definition = latent && definitionOf(latent, 'latent');
    const expected = 'a model whose latent is quantized() beside it, and trained';
    if (!definition?.codeBits || frozen) throw wrongValue(name, expected, frozen ? 'a frozen one' : definition?.type);
    return weight;
  };

/** The options of `fit` with their defaults, each checked. Samples are checked by their readers. */
export type FitSettings = ReturnType<typeof fitSettings>;

/** Errors: TypeError, RangeError for a wrong option. */
export function fitSettings(spec: AutoencoderSpec, given: FitOptions) {
  const other = given?.validationData !== undefined;
  const validated = other || given?.validationSplit !== undefined;
  const beside: Check = (name) => {
    if (!other) throw wrongValue(name, 'validationData beside it', undefined);
  };
  const split: Check<number> = (name, value) => {
    if (other) throw wrongValue(name, 'no validationData beside it', value);
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
    validationTargets: optional(beside),
    validationLabels: optional(beside),
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
    seed: optional(validSeed),
    resume: unchecked,
  });
}
