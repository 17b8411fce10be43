// The settings of a training, and good defaults for a kind of data.

import type { ModelSamples } from '../samples.ts';
import type { LossName, ModelKind } from './names.ts';

/** All that decides how a model is built and trained: plain data. */
export interface TrainSettings {
  readonly kind: ModelKind;
  /** Shape of one sample. */
  readonly input: readonly number[];
  /** Values of a code. Undefined for `denoising`, which has no bottleneck. */
  readonly latent?: number;
  /** Units of the hidden layers of `deep` and `variational`. */
  readonly hidden?: readonly number[];
  /** Activation of the output. Default: that of the preset, but linear for standardized data. */
  readonly activation?: 'linear' | 'sigmoid';
  /** Filters of the levels of `conv`, `denoising` and `signal`. */
  readonly filters?: readonly number[];
  /** Standard deviation of the noise on the input in training: of pixels in 0..1, or of standardized values. */
  readonly noise?: number;
  /** Whether the model standardizes the data itself, by `normalization` layers. */
  readonly normalize: boolean;
  readonly epochs: number;
  /** Epochs without improvement of the validation loss before training stops. Undefined: trains all epochs. */
  readonly patience?: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly loss?: LossName;
  /** Share of the samples for validation, see `splitSamples`; 0 for none. */
  readonly validation: number;
  readonly seed: number;
  readonly deterministic: boolean;
}

/** Settings that a person has chosen. */
export type ChosenSettings = {
  readonly [K in keyof Omit<TrainSettings, 'input' | 'normalize'>]?: TrainSettings[K] | undefined;
};

/** Training steps that the default number of epochs makes. */
const DEFAULT_STEPS = 2000;
const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

function defaultKind({ kind, shape }: ModelSamples): ModelKind {
  if (kind === 'pictures') return Math.min(shape[0]!, shape[1]!) >= 8 ? 'conv' : 'deep';
  return kind === 'windows' && shape[0]! >= 16 ? 'signal' : 'deep';
}

function defaultLatent({ kind, shape }: ModelSamples): number {
  const size = shape.reduce((product, side) => product * side, 1);
  if (kind === 'pictures') return Math.min(32, Math.max(1, size - 1));
  return clamp(Math.round(size / (kind === 'windows' ? 16 : 3)), Math.min(size, kind === 'windows' ? 4 : 1), 64);
}

/** Hidden layers that fit the size of a sample. */
function defaultHidden({ kind, shape }: ModelSamples): readonly number[] {
  const size = shape.reduce((product, side) => product * side, 1);
  if (kind === 'pictures') return [256, 128];
  return [clamp(4 * size, 32, 256), clamp(2 * size, 16, 128)];
}

/** Filters for sides of any length: each halves them, down to about 16. */
function defaultFilters({ shape }: ModelSamples): readonly number[] {
  const shortest = shape.length === 3 ? Math.min(shape[0]!, shape[1]!) : shape[0]!;
  if (shortest < 5) return [16];
  return [16, 32, 32, 32].slice(0, clamp(Math.floor(Math.log2(shortest / 8)), 2, 4));
}

const kindsWithHidden: readonly ModelKind[] = ['deep', 'variational'];
const kindsWithFilters: readonly ModelKind[] = ['conv', 'signal'];

/**
 * Complete settings. Errors: RangeError for a latent size without bottleneck, for hidden layers of a model that has none, and
 * for a convolutional model of rows.
 */
export function completeSettings(samples: ModelSamples, chosen: ChosenSettings): TrainSettings {
  const kind = chosen.kind ?? defaultKind(samples);
  if (kind === 'conv' && samples.shape.length !== 3)
    throw new RangeError(
      `"--kind conv" needs pictures, got samples of ${samples.shape.join(' x ')}: use deep or signal`,
    );
  if (kind === 'signal' && samples.shape.length === 3)
    throw new RangeError('"--kind signal" needs windows of a series, got pictures: use conv');
  if (chosen.hidden && !kindsWithHidden.includes(kind))
    throw new RangeError(`"--hidden" is for ${kindsWithHidden.join(' and ')}, not for ${kind}`);
  if (chosen.latent !== undefined && kind === 'denoising')
    throw new RangeError('"--latent" is not for denoising, which has no bottleneck');
  const batchSize = chosen.batchSize ?? 32;
  const validation = chosen.validation ?? (samples.count >= 20 ? 0.1 : 0);
  const trained = Math.max(1, Math.round(samples.count * (1 - validation)));
  const epochs = chosen.epochs ?? clamp(Math.round((DEFAULT_STEPS * batchSize) / trained), 3, 200);
  const patience = chosen.patience ?? (chosen.epochs === undefined && validation > 0 ? 10 : undefined);
  const filters = chosen.filters ?? (kindsWithFilters.includes(kind) ? defaultFilters(samples) : undefined);
  const latent = chosen.latent ?? (kind === 'sparse' ? 4 * defaultLatent(samples) : defaultLatent(samples));
  const defined = {
    ...(kind !== 'denoising' && { latent }),
    ...(kindsWithHidden.includes(kind) && { hidden: chosen.hidden ?? defaultHidden(samples) }),
    ...(filters && { filters }),
    ...(chosen.activation !== undefined && { activation: chosen.activation }),
    ...(chosen.noise !== undefined && { noise: chosen.noise }),
    ...(chosen.loss !== undefined && { loss: chosen.loss }),
    ...(patience !== undefined && { patience }),
  };
  return {
    kind,
    input: samples.shape,
    ...defined,
    normalize: !(samples.x instanceof Uint8Array),
    epochs,
    batchSize,
    learningRate: chosen.learningRate ?? 0.001,
    validation,
    seed: chosen.seed ?? 1,
    deterministic: chosen.deterministic ?? false,
  };
}
