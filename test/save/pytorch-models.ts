// The models of test/vectors/pytorch/models.py, and the names of their modules.

import type { AutoencoderSpec, ModuleNames } from 'isthmus';
import * as layers from 'isthmus';

interface Case {
  readonly spec: AutoencoderSpec;
  readonly modules?: ModuleNames;
}
const { activation, conv1d, conv2d, conv2dTranspose, cropping2d, dense, depthwiseConv2d, dropout, flatten, gru } =
  layers;
const { layerNormalization, maxPooling2d, reshape, residual, separableConv2d, upSampling1d, zeroPadding2d } = layers;

/** Batch normalization with the epsilon of PyTorch. */
const normalize = () => layers.batchNormalization({ epsilon: 1e-5 });
const pointwise = { kernelSize: 1, activation: 'swish' } as const;

export const pytorchModels: Readonly<Record<string, Case>> = {
  dense: {
    spec: {
      input: [10],
      encoder: [
        dense({ units: 7 }),
        layerNormalization({ epsilon: 1e-5 }),
        activation({ activation: 'relu' }),
        dense({ units: 3 }),
      ],
      decoder: [dense({ units: 7, activation: 'elu' }), dense({ units: 10, activation: 'sigmoid' })],
    },
  },
  picture: {
    spec: {
      input: [8, 12, 2],
      encoder: [
        zeroPadding2d({ padding: 1 }),
        conv2d({ filters: 4, kernelSize: 3, strides: 2 }),
        normalize(),
        activation({ activation: 'relu' }),
        depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
        residual({ layers: [conv2d({ filters: 8, ...pointwise })] }),
        maxPooling2d({ poolSize: 2 }),
        conv2d({ filters: 3, kernelSize: [1, 2] }),
        flatten(),
        dropout({ rate: 0.5 }),
        normalize(),
        dense({ units: 5 }),
      ],
      decoder: [
        dense({ units: 36, activation: 'relu' }),
        reshape({ targetShape: [2, 3, 6] }),
        conv2dTranspose({ filters: 4, kernelSize: 4, strides: 2, padding: 'same', activation: 'relu' }),
        conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, activation: 'relu' }),
        cropping2d({ cropping: [[1, 0], [1, 0]] }),
        conv2d({ filters: 2, kernelSize: 3, padding: 'same', activation: 'sigmoid' }),
      ], // biome-ignore format: a layer a line
    },
    modules: {
      'encoder.1': 'encoder.0',
      'encoder.2': 'encoder.1',
      'encoder.4': 'encoder.3',
      'encoder.5.0': 'encoder.4.layers.0',
      'encoder.7': 'encoder.6',
      'encoder.10': 'encoder.9',
      'encoder.11': 'encoder.10',
      'decoder.0': 'decoder.0',
      'decoder.2': 'decoder.3',
      'decoder.3': 'decoder.5',
      'decoder.5': 'decoder.7',
    },
  },
  signal: {
    spec: {
      input: [16, 2],
      encoder: [
        conv1d({ filters: 5, kernelSize: 4, strides: 2 }),
        normalize(),
        activation({ activation: 'tanh' }),
        flatten(),
        dense({ units: 4 }),
      ],
      decoder: [
        dense({ units: 48, activation: 'relu' }),
        reshape({ targetShape: [16, 3] }),
        conv1d({ filters: 2, kernelSize: 3, padding: 'same' }),
      ],
    },
    modules: {
      'encoder.0': 'conv',
      'encoder.1': 'norm',
      'encoder.4': 'squeeze',
      'decoder.0': 'widen',
      'decoder.2': 'smooth',
    },
  },
  sequence: {
    spec: {
      input: [7, 3],
      encoder: [gru({ units: 6, returnSequences: true }), gru({ units: 4 })],
      decoder: [
        reshape({ targetShape: [1, 4] }),
        upSampling1d({ size: 7 }),
        gru({ units: 5, returnSequences: true }),
        dense({ units: 3 }),
      ],
    },
    modules: { 'encoder.0': 'first', 'encoder.1': 'last', 'decoder.2': 'back', 'decoder.3': 'output' },
  },
  variational: {
    spec: {
      input: [4, 4, 1],
      encoder: [conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' })],
      latent: layers.variational({ units: 3 }),
      decoder: [
        dense({ units: 32, activation: 'relu' }),
        reshape({ targetShape: [4, 4, 2] }),
        separableConv2d({ filters: 1, kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'sigmoid' }),
      ],
    },
    modules: {
      'encoder.0': 'features.0',
      latent: ['mean', 'log_variance'],
      'decoder.0': 'widen',
      'decoder.2': ['depthwise', 'pointwise'],
    },
  },
};
