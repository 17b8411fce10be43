// Every layer against its float64 twin, with all of its options.
import { describe, it } from 'node:test';
import * as isthmus from '../../src/index.ts';
import { check } from './layer-check.ts';

const { activation, averagePooling1d, averagePooling2d, batchNormalization, conv1d, conv2d, conv2dTranspose, dense } =
  isthmus;
const { depthwiseConv2d, flatten, globalAveragePooling2d, layerNormalization } = isthmus;
const { cropping1d, cropping2d, zeroPadding1d, zeroPadding2d } = isthmus;
const { maxPooling1d, maxPooling2d, reshape, residual, separableConv2d, skip, upSampling1d, upSampling2d } = isthmus;

const channels = [1, 2, 3, 5, 7, 17];

describe('layers, against float64', () => {
  for (const padding of ['same', 'valid'] as const) {
    it(`conv2d, ${padding}: channels, windows, strides, dilations, batches`, async () => {
      for (const c of channels)
        for (const filters of [1, 3, 5, 8, 17])
          await check([conv2d({ filters, kernelSize: 3, padding, activation: 'elu' })], [5, 3, c], 2);
      for (const kernelSize of [1, 2, [3, 2], [1, 3]] as const)
        for (const strides of [1, 2, [2, 3], 4] as const)
          await check([conv2d({ filters: 4, kernelSize, strides, padding })], [5, 7, 3], 3);
      for (const dilationRate of [2, [1, 2], 3] as const)
        for (const strides of [1, 2, 3])
          await check(
            [conv2d({ filters: 3, kernelSize: 2, dilationRate, strides, padding, useBias: false })],
            [7, 8, 5],
            1,
          );
      await check([conv2d({ filters: 8, kernelSize: 3, strides: 2, padding, activation: 'gelu' })], [6, 5, 2], 33);
      await check([conv2d({ filters: 9, kernelSize: 1, padding })], [1, 1, 17], 33);
    });

    it(`conv2dTranspose, ${padding}`, async () => {
      for (const c of channels)
        for (const filters of [1, 4, 9])
          await check(
            [conv2dTranspose({ filters, kernelSize: 3, strides: 2, padding, activation: 'swish' })],
            [3, 2, c],
            2,
          );
      for (const kernelSize of [1, 2, [3, 5]] as const)
        for (const strides of [1, 2, [2, 3], 4] as const)
          await check([conv2dTranspose({ filters: 5, kernelSize, strides, padding })], [4, 3, 3], 3);
      for (const dilationRate of [2, 3])
        for (const strides of [1, 2, 4])
          await check([conv2dTranspose({ filters: 2, kernelSize: 3, dilationRate, strides, padding })], [3, 4, 2], 1);
      await check([conv2dTranspose({ filters: 3, kernelSize: 3, padding, activation: 'relu' })], [1, 1, 2], 33);
    });

    it(`conv1d, ${padding}`, async () => {
      for (const c of [1, 3, 17])
        for (const filters of [1, 6, 8])
          for (const [strides, dilationRate] of [
            [1, 1],
            [2, 1],
            [1, 2],
            [3, 2],
          ] as const)
            await check(
              [conv1d({ filters, kernelSize: 3, strides, dilationRate, padding, activation: 'softplus' })],
              [9, c],
              3,
            );
    });

    it(`depthwiseConv2d and separableConv2d, ${padding}`, async () => {
      for (const c of channels)
        for (const depthMultiplier of [1, 2]) {
          await check(
            [depthwiseConv2d({ kernelSize: 3, strides: 2, padding, depthMultiplier, activation: 'swish' })],
            [5, 4, c],
            3,
          );
          await check(
            [separableConv2d({ filters: 4, kernelSize: 2, padding, depthMultiplier, activation: 'gelu' })],
            [4, 3, c],
            3,
          );
        }
      await check([depthwiseConv2d({ kernelSize: 2, dilationRate: 2, padding, useBias: false })], [5, 6, 3], 33);
    });

    it(`pooling, ${padding}`, async () => {
      for (const c of [1, 5, 8])
        for (const make of [maxPooling2d, averagePooling2d]) {
          await check([make({ padding })], [5, 3, c], 3);
          await check([make({ poolSize: [3, 2], strides: [1, 2], padding })], [6, 5, c], 2);
        }
      for (const make of [maxPooling1d, averagePooling1d])
        await check([make({ poolSize: 3, strides: 2, padding })], [10, 3], 33);
    });
  }

  it('relu as the activation of a layer, for few channels and for many, at the edge of a panel', async () => {
    for (const filters of [1, 3, 8, 13]) {
      await check([conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' })], [5, 3, 4], 3);
      await check([conv2dTranspose({ filters, kernelSize: 3, strides: 2, activation: 'relu' })], [3, 2, 4], 3);
      await check([conv1d({ filters, kernelSize: 2, activation: 'relu' })], [6, 3], 3);
    }
  });

  it('globalAveragePooling2d', () => check([globalAveragePooling2d()], [5, 3, 7], 3));

  it('upsampling, nearest and bilinear', async () => {
    for (const interpolation of ['nearest', 'bilinear'] as const) {
      for (const c of [1, 5]) await check([upSampling2d({ size: [2, 3], interpolation })], [3, 2, c], 3);
      await check([upSampling2d({ interpolation })], [1, 1, 2], 1);
      await check([upSampling1d({ size: 3, interpolation })], [4, 3], 33);
    }
  });

  it('zero padding and cropping in all forms', async () => {
    const forms = [undefined, 0, 1, [2, 0], [0, 1], [[1, 0], [0, 2]], [[0, 0], [1, 1]], [1, [0, 2]]] as const; // biome-ignore format: a list
    for (const c of [1, 3, 5, 8])
      for (const form of forms) {
        await check([zeroPadding2d(form === undefined ? {} : { padding: form })], [3, 2, c], 3);
        await check([cropping2d(form === undefined ? {} : { cropping: form })], [5, 5, c], 3);
      }
    for (const form of [undefined, 0, 2, [1, 0], [0, 3]] as const) {
      await check([zeroPadding1d(form === undefined ? {} : { padding: form })], [4, 3], 33);
      await check([cropping1d(form === undefined ? {} : { cropping: form })], [5, 3], 33);
    }
    // Cropping to one pixel, and an input of one pixel.
    await check([cropping2d({ cropping: [[2, 1], [0, 1]] })], [4, 2, 3], 1); // biome-ignore format: edges
    await check([zeroPadding2d({ padding: [[7, 0], [0, 9]] })], [1, 1, 2], 33); // biome-ignore format: edges
    await check([zeroPadding1d({ padding: 3 }), conv1d({ filters: 2, kernelSize: 4 }), cropping1d()], [3, 2], 3);
  });

  it('normalization over the batch and over channels', async () => {
    for (const c of channels) {
      await check([batchNormalization()], [5, 3, c], c > 3 ? 3 : 33);
      if (c > 1) await check([layerNormalization()], [5, 3, c], 3);
    }
    await check([batchNormalization({ center: false })], [6], 33);
    // One value for each channel: running statistics replace those of the batch.
    await check([batchNormalization()], [6], 1);
    await check([batchNormalization({ scale: false })], [1, 1, 5], 1);
    await check([residual({ layers: [batchNormalization(), activation({ activation: 'tanh' })] })], [7], 1);
    await check([batchNormalization()], [6], 2);
    await check([batchNormalization({ scale: false })], [6], 5);
    await check([layerNormalization({ center: false })], [6], 5);
    await check([layerNormalization({ scale: false })], [6], 5);
  });

  it('normalization by given statistics, and its inverse', async () => {
    for (const c of channels)
      for (const invert of [false, true]) await check([isthmus.normalization({ invert })], [5, 3, c], 3);
    await check([isthmus.normalization(), conv1d({ filters: 2, kernelSize: 2 })], [6, 5], 33, false);
    await check([isthmus.normalization(), dense({ units: 7 }), isthmus.normalization({ invert: true })], [7], 5, false);
  });

  it('activation, reshape and flatten', async () => {
    for (const name of ['relu', 'softmax', 'gelu', 'sigmoid'] as const)
      await check([activation({ activation: name })], [3, 5], 3);
    await check(
      [reshape({ targetShape: [6, 2] }), conv1d({ filters: 3, kernelSize: 2 }), flatten(), dense({ units: 4 })],
      [3, 4],
      3,
    );
  });

  it('nested residual and skip branches', async () => {
    const conv = (filters: number) => conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'tanh' });
    await check([residual({ layers: [conv(4), conv(3)] })], [4, 3, 3], 3);
    await check([skip({ layers: [conv(2)] }), conv(3)], [4, 3, 3], 3);
    await check(
      [
        skip({
          layers: [
            maxPooling2d(),
            residual({ layers: [conv(3)] }),
            skip({ layers: [conv(2), activation({ activation: 'tanh' })] }),
            upSampling2d(),
          ],
        }),
      ],
      [4, 2, 3],
      5,
    );
    await check(
      [
        residual({
          layers: [
            residual({ layers: [residual({ layers: [conv(3)] })] }),
            flatten(),
            reshape({ targetShape: [4, 3, 3] }),
          ],
        }),
      ],
      [4, 3, 3],
      2,
    );
    await check([residual({ layers: [flatten(), reshape({ targetShape: [4, 3, 3] })] })], [4, 3, 3], 2);
  });

  it('the first layer needs no gradient of its input', async () => {
    for (const layer of [
      conv2d({ filters: 3, kernelSize: 2 }),
      conv2dTranspose({ filters: 2, kernelSize: 2 }),
      depthwiseConv2d({ kernelSize: 2 }),
      separableConv2d({ filters: 2, kernelSize: 2 }),
      batchNormalization(),
    ]) {
      await check([layer], [4, 3, 2], 3, false);
    }
  });
});
