import type { Activation } from '../activations.ts';
import { conv1d } from '../layers/conv1d.ts';
import { conv2d } from '../layers/conv2d.ts';
import { conv2dTranspose } from '../layers/conv2d-transpose.ts';
import { dense } from '../layers/dense.ts';
import { type Layer, last, sizeOf } from '../layers/layer.ts';
import { flatten, reshape } from '../layers/reshape.ts';
import { upSampling1d } from '../layers/up-sampling.ts';
import type { AutoencoderSpec } from '../spec.ts';
import { type CommonOptions, common, halvings, sizes } from './common.ts';

export interface ConvolutionalOptions extends CommonOptions {
  /** Filters of each halving, as many as the sides can be halved. Default `[16, 32]`. */
  readonly filters?: readonly number[];
}

const activation = 'gelu';

/** Layers that halve the sides and a dense code, and the way back by `up`, which doubles them. */
function halving(
  name: string,
  options: ConvolutionalOptions,
  axes: 1 | 2,
  otherwise: Activation,
  down: (filters: number) => Layer,
  up: (filters: number, activation: Activation) => Layer[],
): AutoencoderSpec {
  const { input, latent, output, filters } = common(name, options, otherwise, { filters: sizes([16, 32]) });
  const shapes = halvings(name, input, axes, filters);
  const smallest = shapes.at(-1)!;
  const counts = shapes.map(last);
  return {
    input,
    encoder: [...counts.map(down), flatten(), dense({ units: latent })],
    decoder: [
      dense({ units: sizeOf(smallest), activation }),
      reshape({ targetShape: smallest }),
      ...[...counts]
        .reverse()
        .slice(1)
        .flatMap((count) => up(count, activation)),
      ...up(last(input), output),
    ],
  };
}

/** Images `[height, width, channels]`: convolutions that halve the sides, a dense code, and the way back. */
export function convAutoencoder(options: ConvolutionalOptions): AutoencoderSpec {
  const shared = { kernelSize: 3, strides: 2, padding: 'same' } as const;
  return halving(
    'convAutoencoder',
    options,
    2,
    'sigmoid',
    (filters) => conv2d({ filters, ...shared, activation }),
    (filters, after) => [conv2dTranspose({ filters, ...shared, activation: after })],
  );
}

/** Windows of a series, `[length, channels]`: the same along one axis; out linear, as signals are of any size. */
export function signalAutoencoder(options: ConvolutionalOptions): AutoencoderSpec {
  const [kernelSize, padding] = [5, 'same'] as const;
  return halving(
    'signalAutoencoder',
    options,
    1,
    'linear',
    (filters) => conv1d({ filters, kernelSize, strides: 2, padding, activation }),
    (filters, after) => [upSampling1d({ size: 2 }), conv1d({ filters, kernelSize, padding, activation: after })],
  );
}
