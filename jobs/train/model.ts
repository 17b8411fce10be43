// The model and the options of `fit` for settings.

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
  signalAutoencoder,
  sparseAutoencoder,
  variationalAutoencoder,
} from 'isthmus';
import type { TrainSettings } from './settings.ts';

const presets = {
  dense: denseAutoencoder,
  deep: deepAutoencoder,
  conv: convAutoencoder,
  denoising: denoisingAutoencoder,
  sparse: sparseAutoencoder,
  variational: variationalAutoencoder,
  signal: signalAutoencoder,
} as const;

/** The name of the function that makes the spec of each kind. */
export const presetName = (kind: TrainSettings['kind']): string => `${kind}Autoencoder`;

/** The options of the preset. */
export function presetOptions({ kind, input, latent, hidden, filters, noise, normalize, activation }: TrainSettings) {
  // Pixels have a sigmoid where the preset has it as default; standardized values have any range.
  const output = activation ?? (kind === 'variational' && normalize ? ('linear' as const) : undefined);
  return {
    input,
    ...(latent !== undefined && { latent }),
    ...(hidden && { hidden }),
    ...(filters && { filters }),
    ...(output && { output }),
    ...(kind === 'denoising' && noise !== undefined && !normalize && { noise }),
  };
}

/** The standard deviation of the noise of standardized data; undefined without noise and for pixels. */
export function innerNoise({ kind, noise, normalize }: TrainSettings): number | undefined {
  if (!normalize) return undefined;
  return noise ?? (kind === 'denoising' ? 0.3 : undefined);
}

/** The spec. With `normalize` the model takes and gives data in its own units. */
export function specOf(settings: TrainSettings): AutoencoderSpec {
  const preset = presets[settings.kind] as (options: object) => AutoencoderSpec;
  const spec = preset(presetOptions(settings));
  if (!settings.normalize) return spec;
  const { corruption: _, ...rest } = spec;
  const stddev = innerNoise(settings);
  return {
    ...rest,
    encoder: [normalization(), ...(stddev ? [gaussianNoise({ stddev })] : []), ...spec.encoder],
    decoder: [...(spec.decoder ?? []), normalization({ invert: true })],
  };
}

/** The options of `fit`, without validation data and callbacks. */
export function fitOptionsOf(settings: TrainSettings): FitOptions {
  const { kind, epochs, batchSize, learningRate, loss, noise, normalize, patience, deterministic } = settings;
  const outerNoise = !normalize && kind !== 'denoising' ? noise : undefined;
  return {
    epochs,
    batchSize,
    optimizer: adam({ learningRate }),
    ...(loss && { loss }),
    ...(outerNoise && { corruption: gaussianNoise({ stddev: outerNoise }) }),
    ...(patience !== undefined && { earlyStopping: { patience, restoreBest: true } }),
    ...(deterministic && { deterministic }),
  };
}
