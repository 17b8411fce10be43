import { conv1d } from '../layers/conv1d.ts';
import { conv2d } from '../layers/conv2d.ts';
import { conv2dTranspose } from '../layers/conv2d-transpose.ts';
import { dense } from '../layers/dense.ts';
import { type Layer, sizeOf } from '../layers/layer.ts';
import { flatten, reshape } from '../layers/reshape.ts';
import { upSampling1d } from '../layers/up-sampling.ts';
import type { AutoencoderSpec } from '../spec.ts';
import { type CommonOptions, common, halvings, sizes } from './common.ts';

export interface ConvolutionalOptions extends CommonOptions {
  /** Filters of each halving, as many as the sides can be halved. Default `[16, 32]`. */
  readonly filters?: readonly number[];
}

const activation = 'gelu';

/** Images `[height, width, channels]`: convolutions that halve the sides, a dense code, and the way back. */
export function convAutoencoder(options: ConvolutionalOptions): AutoencoderSpec {
  const { o, input, latent, output } = common('convAutoencoder', options, ['filters'], 'sigmoid');
  const shapes = halvings('convAutoencoder', input, 2, sizes('convAutoencoder.filters', o.filters, [16, 32]));
  const last = shapes[shapes.length - 1]!;
  const back = [...shapes.map((shape) => shape[2]!)].reverse().slice(1);
  const [kernelSize, strides, padding] = [3, 2, 'same'] as const;
  return {
    input,
    encoder: [
      ...shapes.map((shape) => conv2d({ filters: shape[2]!, kernelSize, strides, padding, activation })),
      flatten(),
      dense({ units: latent }),
    ],
    decoder: [
      dense({ units: sizeOf(last), activation }),
      reshape({ targetShape: [...last] }),
      ...back.map((filters) => conv2dTranspose({ filters, kernelSize, strides, padding, activation })),
      conv2dTranspose({ filters: input[2]!, kernelSize, strides, padding, activation: output }),
    ],
  };
}

/** Windows of a series, `[length, channels]`: the same along one axis; out linear, as signals are of any size. */
export function signalAutoencoder(options: ConvolutionalOptions): AutoencoderSpec {
  const { o, input, latent, output } = common('signalAutoencoder', options, ['filters'], 'linear');
  const shapes = halvings('signalAutoencoder', input, 1, sizes('signalAutoencoder.filters', o.filters, [16, 32]));
  const last = shapes[shapes.length - 1]!;
  const back = [...shapes.map((shape) => shape[1]!)].reverse().slice(1);
  const [kernelSize, padding] = [5, 'same'] as const;
  const twice = (filters: number): Layer[] => [
    upSampling1d({ size: 2 }),
    conv1d({ filters, kernelSize, padding, activation }),
  ];
  return {
    input,
    encoder: [
      ...shapes.map((shape) => conv1d({ filters: shape[1]!, kernelSize, strides: 2, padding, activation })),
      flatten(),
      dense({ units: latent }),
    ],
    decoder: [
      dense({ units: sizeOf(last), activation }),
      reshape({ targetShape: [...last] }),
      ...back.flatMap(twice),
      upSampling1d({ size: 2 }),
      conv1d({ filters: input[1]!, kernelSize, padding, activation: output }),
    ],
  };
}
