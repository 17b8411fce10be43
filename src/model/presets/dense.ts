import { type Shape, sizeOf } from '../../core/shape.ts';
import { nonNegative, optional, unchecked } from '../../core/validate.ts';
import type { Layer } from '../../engine/layer-definition.ts';
import type { Activation } from '../../layers/activations.ts';
import { kSparse } from '../../layers/bottlenecks/k-sparse.ts';
import { sparse } from '../../layers/bottlenecks/sparse.ts';
import { variational } from '../../layers/bottlenecks/variational.ts';
import { dense } from '../../layers/dense.ts';
import { flatten, reshape } from '../../layers/reshape.ts';
import type { AutoencoderSpec } from '../spec.ts';
import { type CommonOptions, commonOptions, type HiddenOptions, sizeList } from './common.ts';

/** Hidden layers with gelu ▸ `code`, the end of the encoder ▸ the same hidden layers in reverse ▸ a layer with `output`. */
function denseLayers(input: Shape, output: Activation, hidden: readonly number[], code: readonly Layer[]) {
  const layers = hidden.map((units) => dense({ units, activation: 'gelu' }));
  const isVector = input.length === 1;
  return {
    input,
    encoder: [...(isVector ? [] : [flatten()]), ...layers, ...code],
    decoder: [
      ...[...layers].reverse(),
      dense({ units: sizeOf(input), activation: output }),
      ...(isVector ? [] : [reshape({ targetShape: input })]),
    ],
  };
}

/**
 * Spec of an autoencoder whose only hidden layer is the code: n values ▸ `latent` with relu ▸ n with `output`. n is the
 * size of `input`. With a linear output its error is at best that of principal components; see `deepAutoencoder`.
 *
 * Errors: TypeError for an option of another type or an unknown one; RangeError for values out of range.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder } from 'isthmus';
 *
 * const model = await autoencoder(denseAutoencoder({ input: [784], latent: 64, output: 'sigmoid' }));
 * console.log(model.latentShape, model.parameterCount);
 * // prints [ 64 ] 101200
 * ```
 */
export function denseAutoencoder(options: CommonOptions): AutoencoderSpec {
  const { input, latent, output } = commonOptions('denseAutoencoder', options, 'linear', {});
  return denseLayers(input, output, [], [dense({ units: latent, activation: 'relu' })]);
}

/**
 * Spec of an autoencoder of dense layers: n values ▸ `hidden` with gelu ▸ `latent`, linear ▸ `hidden` in reverse order with
 * gelu ▸ n with `output`. n is the size of `input`.
 *
 * Errors: TypeError for an option of another type or an unknown one; RangeError for values out of range.
 *
 * @example
 * ```ts
 * import { autoencoder, deepAutoencoder } from 'isthmus';
 *
 * const model = await autoencoder(deepAutoencoder({ input: [140], latent: 8, hidden: [64, 32] }));
 * console.log(model.latentShape, model.parameterCount);
 * // prints [ 8 ] 22868
 * ```
 */
export function deepAutoencoder(options: HiddenOptions): AutoencoderSpec {
  const checks = { hidden: sizeList([512, 256]) };
  const { input, latent, output, hidden } = commonOptions('deepAutoencoder', options, 'linear', checks);
  return denseLayers(input, output, hidden, [dense({ units: latent })]);
}

/** Options of `sparseAutoencoder`. */
export interface SparseAutoencoderOptions extends CommonOptions {
  /** Mean share of the code's values that are not 0, in (0, 1), see `sparse`. Default 0.05. */
  readonly target?: number;
  /** Replaces `target`: the number of largest values that a code keeps, 1..`latent`, see `kSparse`. */
  readonly k?: number;
}

/**
 * Spec of an autoencoder with a sparse code: n values ▸ `latent` with relu ▸ `sparse({ target })`, or `kSparse({ k })` ▸ n with
 * `output`. n is the size of `input`; `latent` may be larger than n.
 *
 * Errors: TypeError for an option of another type or an unknown one; RangeError for values out of range.
 *
 * @example
 * ```ts
 * import { autoencoder, fit, sparseAutoencoder } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 300 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(sparseAutoencoder({ input: [16], latent: 64, target: 0.1 }), { seed: 1 });
 * await fit(model, x, { epochs: 30, deterministic: true });
 * const codes = model.encode(x);
 * console.log((codes.filter((value) => value !== 0).length / codes.length).toFixed(2)); // share of active values
 * // prints 0.10
 * ```
 */
export function sparseAutoencoder(options: SparseAutoencoderOptions): AutoencoderSpec {
  const checks = { target: unchecked, k: unchecked };
  const { input, latent, output, ...o } = commonOptions('sparseAutoencoder', options, 'linear', checks);
  const { target = 0.05, k } = o as SparseAutoencoderOptions;
  return {
    ...denseLayers(input, output, [], [dense({ units: latent, activation: 'relu' })]),
    latent: k === undefined ? sparse({ target }) : kSparse({ k }),
  };
}

/** Options of `variationalAutoencoder`. */
export interface VariationalAutoencoderOptions extends HiddenOptions {
  /** Factor of the KL divergence in the loss, at least 0. Default 1. */
  readonly beta?: number;
  /** Activation of the last layer. Default `sigmoid`, for data in 0..1; `linear` for data of any range. */
  readonly output?: Activation;
}

/**
 * Spec of a variational autoencoder (Kingma and Welling, 2013): n values ▸ `hidden` with gelu ▸
 * `variational({ units: latent, beta })` ▸ `hidden` in reverse order with gelu ▸ n with `output`. n is the size of `input`.
 *
 * With `output: 'sigmoid'` the loss is the binary cross-entropy, a Bernoulli likelihood. With another output it is the mean
 * squared error, a normal likelihood.
 *
 * Errors: TypeError for an option of another type or an unknown one; RangeError for values out of range.
 *
 * @example
 * ```ts
 * import { autoencoder, fit, sample, variationalAutoencoder } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 300 * 16 }, (_, i) => 0.5 + 0.5 * Math.sin((i >> 4) + (i % 16) / 3));
 * const model = await autoencoder(variationalAutoencoder({ input: [16], latent: 2, hidden: [32] }), { seed: 1 });
 * await fit(model, x, { epochs: 20, deterministic: true });
 * console.log(model.latentShape, sample(model, 3).length / 16);
 * // prints [ 2 ] 3
 * ```
 */
export function variationalAutoencoder(options: VariationalAutoencoderOptions): AutoencoderSpec {
  const checks = { hidden: sizeList([512, 256]), beta: optional(nonNegative, 1) };
  const { input, latent, output, hidden, beta } = commonOptions('variationalAutoencoder', options, 'sigmoid', checks);
  return {
    ...denseLayers(input, output, hidden, []),
    latent: variational({ units: latent, beta }),
    ...(output === 'sigmoid' && { loss: 'binaryCrossentropy' as const }),
  };
}
