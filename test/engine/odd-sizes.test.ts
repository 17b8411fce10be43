// Every layer against its float64 twin at every odd size: channels, images of one pixel and of 5×3, batches.
import { describe, it } from 'node:test';
import * as isthmus from '../../src/index.ts';
import { check } from './layer-check.ts';

const same = { padding: 'same' } as const;
const window = { kernelSize: 3, strides: 2, ...same, activation: 'gelu' } as const;
const pool = { poolSize: 3, strides: 2, ...same };
const [bilinear, nearest] = [{ interpolation: 'bilinear' }, { size: [2, 3] }] as const;
const path = (channels: number, filters = channels) => ({
  layers: [isthmus.conv2d({ filters, kernelSize: 3, ...same, activation: 'tanh' })],
});

/** By name: the layer for so many channels. Those of signals see the places of the image in a line. */
const layers: Record<string, (channels: number) => isthmus.Layer> = {
  dense: () => isthmus.dense({ units: 5, activation: 'gelu' }),
  conv1d: () => isthmus.conv1d({ filters: 5, ...window }),
  conv2d: () => isthmus.conv2d({ filters: 5, ...window }),
  'conv2d, dilated': () => isthmus.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2, ...same }),
  conv2dTranspose: () => isthmus.conv2dTranspose({ filters: 5, ...window }),
  depthwiseConv2d: () => isthmus.depthwiseConv2d({ depthMultiplier: 2, ...window }),
  separableConv2d: () => isthmus.separableConv2d({ filters: 5, ...window }),
  maxPooling1d: () => isthmus.maxPooling1d(pool),
  maxPooling2d: () => isthmus.maxPooling2d(pool),
  averagePooling1d: () => isthmus.averagePooling1d(pool),
  averagePooling2d: () => isthmus.averagePooling2d(pool),
  globalAveragePooling2d: () => isthmus.globalAveragePooling2d(),
  upSampling1d: () => isthmus.upSampling1d(bilinear),
  'upSampling1d, nearest': () => isthmus.upSampling1d(),
  upSampling2d: () => isthmus.upSampling2d(bilinear),
  'upSampling2d, nearest': () => isthmus.upSampling2d(nearest),
  zeroPadding1d: () => isthmus.zeroPadding1d({ padding: [2, 1] }),
  zeroPadding2d: () => isthmus.zeroPadding2d({ padding: [[1, 0], [0, 2]] }),
  cropping1d: (channels) => isthmus.skip({ layers: [isthmus.zeroPadding1d({ padding: [0, 1] }), isthmus.cropping1d({ cropping: [1, 0] }), isthmus.dense({ units: channels })] }),
  cropping2d: (channels) => isthmus.skip({ layers: [isthmus.zeroPadding2d(), isthmus.cropping2d({ cropping: [[2, 0], [0, 2]] }), isthmus.dense({ units: channels })] }),
  batchNormalization: () => isthmus.batchNormalization(),
  layerNormalization: () => isthmus.layerNormalization(),
  normalization: () => isthmus.normalization(),
  'normalization, inverted': () => isthmus.normalization({ invert: true }),
  activation: () => isthmus.activation({ activation: 'softmax' }),
  residual: (channels) => isthmus.residual(path(channels)),
  skip: (channels) => isthmus.skip(path(channels, 3)),
}; // biome-ignore format: a table

describe('layers at odd sizes, against float64', () => {
  for (const [name, make] of Object.entries(layers)) {
    it(name, async () => {
      for (const channels of [1, 2, 3, 5, 7, 17]) {
        for (const [h, w] of [
          [1, 1],
          [5, 3],
        ] as const) {
          const places = /1d/.test(name) ? [h * w] : [h, w];
          for (const rows of [1, 3, 33]) await check([make(channels)], [...places, channels], rows, true, 'encoder');
        }
      }
    });
  }
});
