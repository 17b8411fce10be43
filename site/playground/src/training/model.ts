// From settings and data to a model: the spec and the options of `fit`.
import {
  type AutoencoderSpec,
  adam,
  convAutoencoder,
  deepAutoencoder,
  denoisingAutoencoder,
  denseAutoencoder,
  type FitOptions,
  gaussianNoise,
  normalization,
  type Shape,
  signalAutoencoder,
  sparseAutoencoder,
  variationalAutoencoder,
} from 'isthmus';

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

/** The ready-made spec. Pictures get an output in 0..1, other data any. */
function presetOf({ kind, latent, noise }: ModelSettings, input: Shape, form: Form): AutoencoderSpec {
  const isPicture = form === 'picture';
  const unit = isPicture ? ({ output: 'sigmoid' } as const) : {};
  const loss = isPicture ? ({ loss: 'binaryCrossentropy' } as const) : {};
  switch (kind) {
    case 'dense':
      return { ...denseAutoencoder({ input, latent, ...unit }), ...loss };
    case 'deep':
      return { ...deepAutoencoder({ input, latent, ...unit }), ...loss };
    case 'sparse':
      return { ...sparseAutoencoder({ input, latent, ...unit }), ...loss };
    case 'variational':
      return variationalAutoencoder({ input, latent, output: isPicture ? 'sigmoid' : 'linear' });
    case 'conv':
      return form === 'wave' ? signalAutoencoder({ input, latent }) : convAutoencoder({ input, latent });
    case 'denoising':
      return denoisingAutoencoder({ input, ...(noise > 0 && { noise }) });
  }
}

/** The spec of a model. Rows and sound pass through layers that learn the mean and the deviation of each column. */
export function specOf(settings: ModelSettings, input: Shape, form: Form): AutoencoderSpec {
  const spec = presetOf(settings, input, form);
  if (form === 'picture') return spec;
  return {
    ...spec,
    encoder: [normalization(), ...spec.encoder],
    decoder: [...(spec.decoder ?? []), normalization({ invert: true })],
  };
}

/** The options of `fit` that the settings decide. */
export function fitOptionsOf({ kind, noise, learningRate, epochs, batchSize, seed }: ModelSettings): FitOptions {
  const corruption = kind !== 'denoising' && noise > 0 ? { corruption: gaussianNoise({ stddev: noise }) } : {};
  return { epochs, batchSize, seed, optimizer: adam(learningRate), ...corruption };
}
