// From the settings of the page to those of a training, which the command line shares.
import type { ModelSamples } from '../../../../jobs/samples.ts';
import { completeSettings, type TrainSettings } from '../../../../jobs/train/settings.ts';
import type { Dataset } from '../data/dataset.ts';

export const kinds = ['variational', 'dense', 'deep', 'conv', 'denoising', 'sparse'] as const;
export type Kind = (typeof kinds)[number];

/** The form of a sample: a picture of values 0..1, a row of numbers, or a window of a sound. */
export type Form = 'picture' | 'row' | 'wave';

export interface ModelSettings {
  readonly kind: Kind;
  readonly latent: number;
  /** Standard deviation of the noise that training adds; 0: none, or the default of the denoising kind. */
  readonly noise: number;
  readonly learningRate: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** Whether a kind fits the form of the samples: a convolution needs neighbours. */
export const fits = (kind: Kind, form: Form): boolean => form !== 'row' || (kind !== 'conv' && kind !== 'denoising');

const sampleKinds = { picture: 'pictures', row: 'rows', wave: 'windows' } as const;

/** A data set as the jobs take it. */
export function samplesOf({ form, shape, values, columns }: Dataset): ModelSamples {
  const size = shape.reduce((product, length) => product * length, 1);
  return {
    kind: sampleKinds[form],
    shape: [...shape],
    count: values.length / size,
    x: values,
    ...(columns && { columns }),
    notes: [],
  };
}

/** What a person has chosen, in the words of the command line. */
export function chosenSettings({ kind, latent, noise, ...others }: ModelSettings, form: Form) {
  return {
    kind: kind === 'conv' && form === 'wave' ? ('signal' as const) : kind,
    ...(kind !== 'denoising' && { latent }),
    ...(noise > 0 && { noise }),
    ...others,
  };
}

/** All settings of a training on a data set. */
export const trainSettings = (settings: ModelSettings, dataset: Dataset): TrainSettings =>
  completeSettings(samplesOf(dataset), chosenSettings(settings, dataset.form));
