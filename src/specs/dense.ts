import { notNegative, positive } from '../check.ts';
import { checkLevel, type Level } from '../corruptions/common.ts';
import { kSparse } from '../latents/k-sparse.ts';
import { sparse } from '../latents/sparse.ts';
import { variational } from '../latents/variational.ts';
import { dense } from '../layers/dense.ts';
import { gaussianNoise } from '../layers/gaussian-noise.ts';
import type { AutoencoderSpec } from '../spec.ts';
import { type CommonOptions, common, ending, flat, type HiddenOptions, hiddenLayers, sizes } from './common.ts';

/** One hidden layer, the code itself: relu, and out by sigmoid. The classic to begin with. */
export function denseAutoencoder(options: CommonOptions): AutoencoderSpec {
  const { input, latent, output } = common('denseAutoencoder', options, [], 'sigmoid');
  return {
    input,
    encoder: [...flat(input), dense({ units: latent, activation: 'relu' })],
    decoder: ending(input, output),
  };
}

/** Several dense layers on both sides of a linear code, gelu between: the same code holds a good deal more. */
export function deepAutoencoder(options: HiddenOptions): AutoencoderSpec {
  const { o, input, latent, output } = common('deepAutoencoder', options, ['hidden'], 'sigmoid');
  const hidden = sizes('deepAutoencoder.hidden', o.hidden, [512, 256]);
  return {
    input,
    encoder: [...flat(input), ...hiddenLayers(hidden), dense({ units: latent })],
    decoder: [...hiddenLayers([...hidden].reverse()), ...ending(input, output)],
  };
}

export interface DenoisingOptions extends HiddenOptions {
  /** Standard deviation of the noise that training adds, or a range of it. Default 0.3. */
  readonly noise?: Level;
}

/** The deep one, trained to remove normal noise (Vincent et al., 2008); values are held in 0..1 behind a sigmoid. */
export function denoisingAutoencoder(options: DenoisingOptions): AutoencoderSpec {
  const { noise, ...rest } = options ?? {};
  const spec = deepAutoencoder(rest as HiddenOptions);
  const stddev = noise ?? 0.3;
  checkLevel('denoisingAutoencoder.noise', stddev, positive, notNegative);
  const clip = (rest.output ?? 'sigmoid') === 'sigmoid' && { clip: [0, 1] as const };
  return { ...spec, corruption: gaussianNoise({ stddev, ...clip }) };
}

export interface SparseAutoencoderOptions extends CommonOptions {
  /** Share of the code that is active, in (0, 1). Default 0.05. */
  readonly target?: number;
  /** Instead of it, the number of values that are kept. */
  readonly k?: number;
}

/** A wide code, wider than the input if you like, of which little is active at a time. */
export function sparseAutoencoder(options: SparseAutoencoderOptions): AutoencoderSpec {
  const { o, input, latent, output } = common('sparseAutoencoder', options, ['target', 'k'], 'sigmoid');
  const { target = 0.05, k } = o;
  return {
    input,
    encoder: [...flat(input), dense({ units: latent, activation: 'relu' })],
    latent: k === undefined ? sparse({ target }) : kSparse({ k }),
    decoder: ending(input, output),
  };
}

export interface VariationalAutoencoderOptions extends HiddenOptions {
  /** Factor of the KL divergence. Default 1. */
  readonly beta?: number;
}

/**
 * A code that is drawn, to be sampled from (Kingma and Welling, 2013). Behind a sigmoid the loss is binary
 * cross-entropy, a Bernoulli likelihood; else the mean squared error.
 */
export function variationalAutoencoder(options: VariationalAutoencoderOptions): AutoencoderSpec {
  const { o, input, latent, output } = common('variationalAutoencoder', options, ['hidden', 'beta'], 'sigmoid');
  const hidden = sizes('variationalAutoencoder.hidden', o.hidden, [512, 256]);
  const beta = o.beta === undefined ? 1 : notNegative('variationalAutoencoder.beta', o.beta);
  return {
    input,
    encoder: [...flat(input), ...hiddenLayers(hidden)],
    latent: variational({ units: latent, beta }),
    decoder: [...hiddenLayers([...hidden].reverse()), ...ending(input, output)],
    ...(output === 'sigmoid' && { loss: 'binaryCrossentropy' as const }),
  };
}
