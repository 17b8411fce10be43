import { type Check, integers, maybe, notNegative, positive } from '../../core/validate.ts';
import type { Shape } from '../../engine/layer-definition.ts';
import type { Activation } from '../../layers/activations.ts';
import { gaussianNoise } from '../../layers/gaussian-noise.ts';
import { checkLevel, type Level } from '../../layers/transforms/noise-level.ts';
import type { AutoencoderSpec } from '../spec.ts';
import { common, filterCounts } from './common.ts';
import { uNet } from './u-net.ts';

export interface DenoisingOptions {
  /** Shape of a sample: `[height, width, channels]`, `[length, channels]`; a vector is a signal of one channel. */
  readonly input: Shape;
  /**
   * Size of a dense code beside the lowest level of the net, which sees the whole sample, 1..65536. Default: none. It is
   * no bottleneck: paths go around it.
   */
  readonly latent?: number;
  /** Activation of what comes out. Default `linear`, for values of any range, pixels too. */
  readonly output?: Activation;
  /**
   * Filters of each level, the first at full size. Each other level has half the sides of the one above, of signals a
   * quarter, rounded up. Default `[16, 24, 48]`.
   */
  readonly filters?: readonly number[];
  /**
   * Standard deviation of the noise that training adds, in the unit of the data, or a range of it. Default
   * `[0.05, 0.4]`, for pixels in 0..1 and standardised values; speech of deviation 0.07 needs less. The level of the data
   * itself is best where it is known (see `estimateNoise`), above all for photographs: with noise of 0.1 (20 dB) and 2
   * epochs of 10,000 patches they come out at 27.2 dB by 0.1, at 24.5 dB by the default, at 25.6 dB by the best blur.
   */
  readonly noise?: Level;
}

/** @internal */
export const noiseLevel: Check<Level> = (name, value) => {
  checkLevel(name, value, positive, notNegative);
  return value as Level;
};

/** @internal The spec, for errors that name another maker of it. */
export function denoising(name: string, options: DenoisingOptions): AutoencoderSpec {
  const own = {
    latent: maybe(integers(1, 65536)),
    filters: filterCounts([16, 24, 48]),
    noise: maybe(noiseLevel, [0.05, 0.4]),
  };
  const { input, latent, output, filters, noise } = common(name, options, 'linear', own);
  const clip = output === 'sigmoid' && { clip: [0, 1] as const };
  return { ...uNet(input, filters, latent, output), corruption: gaussianNoise({ stddev: noise, ...clip }) };
}

/**
 * Removes normal noise (Vincent et al., 2008): a U-Net that learns what the noise is, and the `corruption` that adds noise
 * to each batch. No bottleneck: `encode` gives the cleaned sample, in the shape of `input`. For a code see the other specs.
 *
 * After 5 epochs of 10,000 digits with noise of 0.2, held in 0..1, it leaves an error of 0.0031 on test digits, flat ones
 * (`[784]`) of 0.0035; the best linear map leaves 0.0063. More figures, on speech too, are in docs/results.md.
 * Errors: TypeError, RangeError on wrong options.
 */
export const denoisingAutoencoder = (options: DenoisingOptions): AutoencoderSpec =>
  denoising('denoisingAutoencoder', options);
