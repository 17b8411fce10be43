import { anything, maybe, notNegative } from '../../core/validate.ts';
import { type Layer, type Shape, sizeOf } from '../../engine/layer-definition.ts';
import type { Activation } from '../../layers/activations.ts';
import { kSparse } from '../../layers/bottlenecks/k-sparse.ts';
import { sparse } from '../../layers/bottlenecks/sparse.ts';
import { variational } from '../../layers/bottlenecks/variational.ts';
import { dense } from '../../layers/dense.ts';
import { flatten, reshape } from '../../layers/reshape.ts';
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

/**
 * One hidden layer, the code itself, with relu; `output` is `linear` by default. The classic to begin with: a linear
 * output keeps it from doing better than principal components, see `deepAutoencoder`.
 */
export function denseAutoencoder(options: CommonOptions): AutoencoderSpec {
  const { input, latent, output } = common('denseAutoencoder', options, 'linear', {});
  return net(input, output, [], [dense({ units: latent, activation: 'relu' })]);
}

/**
 * Several dense layers on both sides of a linear code, gelu between: the same code holds more than that of
 * `denseAutoencoder`. `output` is `linear` by default, for standardised values as well as pixels.
 */
export function deepAutoencoder(options: HiddenOptions): AutoencoderSpec {
  const own = { hidden: sizes([512, 256]) };
  const { input, latent, output, hidden } = common('deepAutoencoder', options, 'linear', own);
  return net(input, output, hidden, [dense({ units: latent })]);
}

export interface SparseAutoencoderOptions extends CommonOptions {
  /** Share of the code that is active, in (0, 1). Default 0.05. */
  readonly target?: number;
  /** Instead of it, the number of values that are kept. */
  readonly k?: number;
}

/**
 * A wide code, wider than the input if you like, of which little is active at a time. `output` is `linear` by default.
 */
export function sparseAutoencoder(options: SparseAutoencoderOptions): AutoencoderSpec {
  const own = { target: anything, k: anything };
  const { input, latent, output, ...o } = common('sparseAutoencoder', options, 'linear', own);
  const { target = 0.05, k } = o as SparseAutoencoderOptions;
  return {
    ...net(input, output, [], [dense({ units: latent, activation: 'relu' })]),
    latent: k === undefined ? sparse({ target }) : kSparse({ k }),
  };
}

export interface VariationalAutoencoderOptions extends HiddenOptions {
  /** Factor of the KL divergence. Default 1. */
  readonly beta?: number;
  /** Activation of what comes out. Default `sigmoid`, for values in 0..1; `linear` for any others. */
  readonly output?: Activation;
}

/**
 * A code that is drawn, to be sampled from (Kingma and Welling, 2013). `output` is `sigmoid` by default, for values in
 * 0..1: the loss is then binary cross-entropy, a Bernoulli likelihood. For values of another range, such as standardised
 * ones, `output: 'linear'`, and the loss is the mean squared error.
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
