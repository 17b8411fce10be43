import type { Activation } from '../activations.ts';
import { activation as activationLayer } from '../layers/activation.ts';
import { conv1d } from '../layers/conv1d.ts';
import { conv2d } from '../layers/conv2d.ts';
import { conv2dTranspose } from '../layers/conv2d-transpose.ts';
import { dense } from '../layers/dense.ts';
import { type Layer, last, sizeOf } from '../layers/layer.ts';
import { cropping1d, cropping2d, type ImageEdges } from '../layers/padding.ts';
import { flatten, reshape } from '../layers/reshape.ts';
import { upSampling1d } from '../layers/up-sampling.ts';
import type { AutoencoderSpec } from '../spec.ts';
import { type CommonOptions, common, halvings, sizes } from './common.ts';

export interface ConvolutionalOptions extends CommonOptions {
  /**
   * Filters of each halving. k of them need sides of at least 2^(k - 1) + 1, odd or even. Default `[16, 32]`, for sides
   * of at least 3.
   */
  readonly filters?: readonly number[];
}

const activation = 'gelu';

/** What is one place too many behind twice the half of a side: at the end of the odd ones. Undefined for even sides. */
type Excess = readonly (readonly [0, number])[] | undefined;

/** Layers that halve the sides and a dense code, and the way back by `up`, which doubles them and cuts the excess off. */
function halving(
  name: string,
  options: ConvolutionalOptions,
  axes: 1 | 2,
  otherwise: Activation,
  down: (filters: number) => Layer,
  up: (filters: number, activation: Activation, excess: Excess) => Layer[],
): AutoencoderSpec {
  const { input, latent, output, filters } = common(name, options, otherwise, { filters: sizes([16, 32]) });
  const shapes = halvings(name, input, axes, filters);
  const smallest = shapes.at(-1)!;
  return {
    input,
    encoder: [...filters.map(down), flatten(), dense({ units: latent })],
    decoder: [
      dense({ units: sizeOf(smallest), activation }),
      reshape({ targetShape: smallest }),
      ...[input, ...shapes.slice(0, -1)].reverse().flatMap((shape) => {
        const sides = shape.slice(0, axes);
        const excess = sides.map((side) => [0, side % 2] as const);
        return up(last(shape), shape === input ? output : activation, sides.some((s) => s % 2) ? excess : undefined);
      }),
    ],
  };
}

/**
 * Images `[height, width, channels]`: convolutions that halve the sides, a dense code, and the way back. Errors:
 * RangeError when a side cannot be halved as often as there are `filters`.
 */
export function convAutoencoder(options: ConvolutionalOptions): AutoencoderSpec {
  const shared = { kernelSize: 3, strides: 2, padding: 'same' } as const;
  return halving(
    'convAutoencoder',
    options,
    2,
    'sigmoid',
    (filters) => conv2d({ filters, ...shared, activation }),
    (filters, after, excess) => {
      if (!excess) return [conv2dTranspose({ filters, ...shared, activation: after })];
      // The activation comes last, where the loss looks for it.
      const layers = [conv2dTranspose({ filters, ...shared }), cropping2d({ cropping: excess as ImageEdges })];
      return after === 'linear' ? layers : [...layers, activationLayer({ activation: after })];
    },
  );
}

/**
 * Windows of a series, `[length, channels]`: the same along one axis; out linear, as signals are of any size. Errors: as
 * `convAutoencoder`.
 */
export function signalAutoencoder(options: ConvolutionalOptions): AutoencoderSpec {
  const [kernelSize, padding] = [5, 'same'] as const;
  return halving(
    'signalAutoencoder',
    options,
    1,
    'linear',
    (filters) => conv1d({ filters, kernelSize, strides: 2, padding, activation }),
    (filters, after, excess) => [
      upSampling1d({ size: 2 }),
      ...(excess ? [cropping1d({ cropping: excess[0]! })] : []),
      conv1d({ filters, kernelSize, padding, activation: after }),
    ],
  );
}
