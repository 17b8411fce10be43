import { boolean, functionOrNothing, integer, notNegative, options as plain, positive } from '../check.ts';
import { wrongType, wrongValue } from '../errors.ts';
import { kindAt, type Layer } from '../layers/layer.ts';
import { type Loss, type LossTerm, lossTerms } from '../losses.ts';
import { adam } from '../optimizers/adam.ts';
import { checkOptimizer, type Optimizer } from '../optimizers/optimizer.ts';
import { type AutoencoderSpec, corruptions } from '../spec.ts';
import type { Labels, Samples, Signal } from '../types.ts';
import type { History } from './record.ts';

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
  /** What the output for `validationData` is to be. Default: itself. */
  readonly validationTargets?: Samples;
  readonly validationLabels?: Labels;
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
  /** Strict SIMD: the same bits on every runtime. Default false: fused multiply-add where there is one. */
  readonly deterministic?: boolean;
  /** Seed of shuffling and noise. Default: the model's. */
  readonly seed?: number;
  /** Goes on with this history, of an interrupted `fit` or from `loadCheckpoint`. */
  readonly resume?: History;
}

const known = [
  'epochs', 'batchSize', 'optimizer', 'loss', 'corruption', 'augment', 'contractive', 'rateWeight', 'targets', 'labels', 'validationData', 'validationTargets', 'validationLabels',
  'shuffle', 'earlyStopping', 'clipNorm', 'clipValue', 'onBatchEnd', 'onEpochEnd', 'signal', 'deterministic',
  'seed', 'resume',
]; // biome-ignore format: a list of names

/** The options with their defaults, each checked. Samples are checked by their readers. */
export interface FitSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  readonly loss: readonly LossTerm[];
  readonly corruption: readonly Layer[];
  readonly augment: readonly Layer[];
  readonly contractive: Layer | undefined;
  readonly rateWeight: number;
  readonly shuffle: boolean;
  readonly earlyStopping: Required<EarlyStopping> | undefined;
  readonly clipNorm: number;
  readonly clipValue: number;
  readonly deterministic: boolean;
  readonly seed: number | undefined;
}

function stopping(value: unknown, validated: boolean): Required<EarlyStopping> | undefined {
  if (value === undefined) return undefined;
  const name = 'earlyStopping';
  const o = plain<EarlyStopping>(name, value, ['patience', 'minDelta', 'monitor', 'restoreBest']);
  const { patience = 0, minDelta = 0, monitor = validated ? 'valLoss' : 'loss', restoreBest = false } = o;
  if (monitor !== 'loss' && monitor !== 'valLoss') throw wrongValue(`${name}.monitor`, 'loss or valLoss', monitor);
  if (monitor === 'valLoss' && !validated) throw wrongValue(`${name}.monitor`, 'validationData to monitor', monitor);
  return {
    patience: integer(`${name}.patience`, patience, 0, 2 ** 31),
    minDelta: notNegative(`${name}.minDelta`, minDelta),
    monitor,
    restoreBest: boolean(`${name}.restoreBest`, restoreBest),
  };
}

function penalty(layer: Layer): Layer {
  const expected = 'a penalty such as contractive()';
  const kind = kindAt(layer, 'contractive', expected);
  if (!kind.contraction) throw wrongValue('contractive', expected, kind.type);
  kind.check(layer, 'contractive');
  return layer;
}

/** The weight of the rate, for a model that has one. */
function rateWeight(value: unknown, { latent, frozen }: AutoencoderSpec): number {
  const weight = notNegative('rateWeight', value);
  const kind = latent && kindAt(latent, 'latent');
  const expected = 'a model whose latent is quantized() beside it, and trained';
  if (!kind?.rate || frozen) throw wrongValue('rateWeight', expected, frozen ? 'a frozen one' : kind?.type);
  return weight;
}

/** Errors: TypeError, RangeError. */
export function fitSettings(spec: AutoencoderSpec, given: FitOptions): FitSettings {
  const o = plain<FitOptions>('options', given, known);
  functionOrNothing('onBatchEnd', o.onBatchEnd);
  functionOrNothing('onEpochEnd', o.onEpochEnd);
  if (o.signal !== undefined && typeof o.signal?.throwIfAborted !== 'function') {
    throw wrongType('signal', 'an AbortSignal', o.signal);
  }
  for (const name of ['validationTargets', 'validationLabels'] as const) {
    if (o[name] !== undefined && o.validationData === undefined) {
      throw wrongValue(name, 'validationData beside it', undefined);
    }
  }
  return {
    epochs: integer('epochs', o.epochs ?? 1, 1, 2 ** 31),
    batchSize: integer('batchSize', o.batchSize ?? 32, 1, 2 ** 20),
    optimizer: checkOptimizer(o.optimizer ?? adam()),
    loss: lossTerms(o.loss ?? spec.loss ?? 'meanSquaredError'),
    corruption: corruptions(o.corruption ?? spec.corruption, spec.input),
    contractive: o.contractive === undefined ? undefined : penalty(o.contractive),
    rateWeight: o.rateWeight === undefined ? 0 : rateWeight(o.rateWeight, spec),
    augment: corruptions(o.augment, spec.input, 'augment', 'augments', 'an augmentation such as shift()'),
    shuffle: boolean('shuffle', o.shuffle ?? true),
    earlyStopping: stopping(o.earlyStopping, o.validationData !== undefined),
    clipNorm: o.clipNorm === undefined ? 0 : positive('clipNorm', o.clipNorm),
    clipValue: o.clipValue === undefined ? 0 : positive('clipValue', o.clipValue),
    deterministic: boolean('deterministic', o.deterministic ?? false),
    seed: o.seed === undefined ? undefined : integer('seed', o.seed, 0, Number.MAX_SAFE_INTEGER),
  };
}
