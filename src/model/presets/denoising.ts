import type { Shape } from '../../core/shape.ts';
import { type Check, integerWithin, nonNegative, optional, positive } from '../../core/validate.ts';
import type { Activation } from '../../layers/activations.ts';
import { gaussianNoise } from '../../layers/gaussian-noise.ts';
import { checkLevel, type Level } from '../../layers/transforms/noise-level.ts';
import type { AutoencoderSpec } from '../spec.ts';
import { commonOptions, filterCounts } from './common.ts';
import { uNet } from './u-net.ts';

/** Options of `denoisingAutoencoder`. */
export interface DenoisingOptions {
  /** Shape of one sample: `[height, width, channels]` or `[length, channels]`. Any other is a signal of one channel. */
  readonly input: Shape;
  /**
   * Units of a dense branch at the lowest level, which connects all positions of a sample, 1..65536. Default: no such branch.
   * It is no bottleneck, as skip connections bypass it.
   */
  readonly latent?: number;
  /** Activation of the output. Default `linear`, for data of any range. */
  readonly output?: Activation;
  /**
   * Number of filters of each level, each 1..65536. The first level has the size of the input. Each further level has half
   * the sides of an image, a quarter of the length of a signal, rounded up. Default `[16, 24, 48]`.
   */
  readonly filters?: readonly number[];
  /**
   * Standard deviation of the normal noise that training adds, or its range, in the unit of the data. Above 0. Default
   * `[0.05, 0.4]`, for pixels in 0..1 and standardized values; speech of deviation 0.07 needs less. The noise level of the
   * data is best where it is known (see `estimateNoise`). Photographs with noise of 0.1 (20 dB), after 2 epochs of 10,000
   * patches: 27.2 dB with 0.1, 24.5 dB with the default, 25.6 dB by the best blur.
   */
  readonly noise?: Level;
}

/** @internal */
export const noiseLevel: Check<Level> = (name, value) => {
  checkLevel(name, value, positive, nonNegative);
  return value as Level;
};

/** @internal The spec of `denoisingAutoencoder`. Errors name the options after the preset `name`. */
export function denoising(name: string, options: DenoisingOptions): AutoencoderSpec {
  const checks = {
    latent: optional(integerWithin(1, 65536)),
    filters: filterCounts([16, 24, 48]),
    noise: optional(noiseLevel, [0.05, 0.4]),
  };
  const { input, latent, output, filters, noise } = commonOptions(name, options, 'linear', checks);
  const clip = output === 'sigmoid' && { clip: [0, 1] as const };
  return { ...uNet(input, filters, latent, output), corruption: gaussianNoise({ stddev: noise, ...clip }) };
}

/**
 * Spec of a denoising autoencoder (Vincent et al., 2008) that removes normal noise: a U-Net that predicts the noise, and a
 * `gaussianNoise` corruption of each training batch, clipped to 0..1 with `output: 'sigmoid'`. It has no bottleneck: the U-Net
 * is the encoder, and `encode` gives the cleaned sample in the shape of `input`, before `output`. The decoder is the
 * activation `output` alone.
 *
 * Layers: `conv` of 5 x 5 (a signal: 9) ▸ levels in `skip` and `residual` layers, with leakyRelu ▸ `batchNormalization`
 * unless `output` is linear ▸ `conv` of 3 x 3 (5) with the input's channels ▸ + input. Each level: strided `conv`, a residual
 * block of two `conv`, the next level, and `conv2dTranspose` (a signal: `upSampling1d` and `conv1d`).
 *
 * After 5 epochs of 10,000 digits with noise of 0.2, clipped to 0..1, the mean squared error on test digits is 0.0031, with
 * digits as vectors (`[784]`) 0.0035; the best linear map has 0.0063. docs/results.md has more figures.
 *
 * Errors: TypeError for an option of another type or an unknown one; RangeError for values out of range.
 *
 * @example
 * ```ts
 * import { autoencoder, denoisingAutoencoder } from 'isthmus';
 *
 * const spec = denoisingAutoencoder({ input: [32, 32, 3], filters: [16, 24], noise: [0.05, 0.2], output: 'sigmoid' });
 * const model = await autoencoder(spec, { seed: 1 });
 * console.log(model.outputShape, model.parameterCount);
 * // prints [ 32, 32, 3 ] 29051
 * ```
 */
export const denoisingAutoencoder = (options: DenoisingOptions): AutoencoderSpec =>
  denoising('denoisingAutoencoder', options);
