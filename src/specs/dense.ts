import type { Activation } from '../activations.ts';
import { anything, maybe, notNegative, positive } from '../check.ts';
import { checkLevel, type Level } from '../corruptions/common.ts';
import { kSparse } from '../latents/k-sparse.ts';
import { sparse } from '../latents/sparse.ts';
import { variational } from '../latents/variational.ts';
import { dense } from '../layers/dense.ts';
import { gaussianNoise } from '../layers/gaussian-noise.ts';
import { type Layer, type Shape, sizeOf } from '../layers/layer.ts';
import { flatten, reshape } from '../layers/reshape.ts';
import type { AutoencoderSpec } from '../spec.ts';
import { type CommonOptions, common, type HiddenOptions, sizes } from './common.ts';

/** Dense layers, `hidden` ones on both sides of what ends the encoder. */
function net(input: Shape, output: Activation, hidden: readonly number[], code: readonly Layer[]) {
  const layers = hidden.map((units) => dense({ units, activation: 'gelu' }));
  const vector = input.length === 1;
  return {
    input,
    encoder: [...(vector ? [] : [flatten()]), ...layers, ...code],
    decoder: [
      ...[...layers].reverse(),
      dense({ units: sizeOf(input), activation: output }),
      ...(vector ? [] : [reshape({ targetShape: input })]),
    ],
  };
}

/** One hidden layer, the code itself: relu, and out by sigmoid. The classic to begin with. */
export function denseAutoencoder(options: CommonOptions): AutoencoderSpec {
  const { input, latent, output } = common('denseAutoencoder', options, 'sigmoid', {});
  return net(input, output, [], [dense({ units: latent, activation: 'relu' })]);
}

/** Several dense layers on both sides of a linear code, gelu between: the same code holds a good deal more. */
export function deepAutoencoder(options: HiddenOptions): AutoencoderSpec {
  const own = { hidden: sizes([512, 256]) };
  const { input, latent, output, hidden } = common('deepAutoencoder', options, 'sigmoid', own);
  return net(input, output, hidden, [dense({ units: latent })]);
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
  const own = { target: anything, k: anything };
  const { input, latent, output, ...o } = common('sparseAutoencoder', options, 'sigmoid', own);
  const { target = 0.05, k } = o as SparseAutoencoderOptions;
  return {
    ...net(input, output, [], [dense({ units: latent, activation: 'relu' })]),
    latent: k === undefined ? sparse({ target }) : kSparse({ k }),
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
  const own = { hidden: sizes([512, 256]), beta: maybe(notNegative, 1) };
  const { input, latent, output, hidden, beta } = common('variationalAutoencoder', options, 'sigmoid', own);
  return {
    ...net(input, output, hidden, []),
    latent: variational({ units: latent, beta }),
    ...(output === 'sigmoid' && { loss: 'binaryCrossentropy' as const }),
  };
}
