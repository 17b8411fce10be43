// A convolutional autoencoder that removes noise from pictures, written with TensorFlow.js. The call of `installKernels`
// is new: without it, training on the WASM backend ends with "Kernel 'Conv2DBackpropFilter' not registered".

import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

export const SIDE = 28;
const PICTURES = 512;
const NOISE = 0.4;

/** `n` pictures of a ring or a square, of shape [n, 28, 28, 1]. */
export function pictures(n: number, seed: number): tf.Tensor4D {
  return tf.tidy(() => {
    const coordinates = tf.range(0, SIDE);
    const y = tf.reshape(coordinates, [1, SIDE, 1, 1]);
    const x = tf.reshape(coordinates, [1, 1, SIDE, 1]);
    /** One number for each picture. Each `stream` gives other numbers. */
    const random = (low: number, high: number, stream: number) =>
      tf.randomUniform([n, 1, 1, 1], low, high, 'float32', seed * 8 + stream);
    const dy = tf.abs(tf.sub(y, random(9, 19, 1)));
    const dx = tf.abs(tf.sub(x, random(9, 19, 2)));
    const ring = tf.sqrt(tf.add(tf.square(dy), tf.square(dx)));
    const square = tf.maximum(dy, dx);
    const distance = tf.where(tf.less(random(0, 1, 3), 0.5), ring, square);
    const line = tf.abs(tf.sub(distance, random(4, 8, 4)));
    return tf.clipByValue(tf.sub(2.2, line), 0, 1) as tf.Tensor4D;
  });
}

export function withNoise(clean: tf.Tensor4D, seed: number): tf.Tensor4D {
  return tf.tidy(() => tf.add(clean, tf.randomNormal(clean.shape, 0, NOISE, 'float32', seed)));
}

export function createModel(): LayersModel {
  const model = sequential();
  const same = { kernelSize: 3, padding: 'same', activation: 'relu' } as const;
  model.add(layers.conv2d({ inputShape: [SIDE, SIDE, 1], filters: 16, ...same }));
  model.add(layers.maxPooling2d({ poolSize: 2 }));
  model.add(layers.conv2d({ filters: 8, ...same }));
  model.add(layers.maxPooling2d({ poolSize: 2 }));
  model.add(layers.conv2dTranspose({ filters: 8, strides: 2, ...same }));
  model.add(layers.conv2dTranspose({ filters: 16, strides: 2, ...same }));
  model.add(layers.conv2d({ filters: 1, ...same, activation: 'sigmoid' }));
  model.compile({ optimizer: tf.train.adam(0.005), loss: 'meanSquaredError' });
  return model;
}

/** Trains the model. `onEpochEnd` receives the loss of each epoch, and the model. */
export async function train(
  epochs: number,
  onEpochEnd: (epoch: number, loss: number, model: LayersModel) => void | Promise<void>,
): Promise<LayersModel> {
  await import('isthmus/tfjs').then(({ installKernels }) => installKernels(tf));
  const model = createModel();
  const clean = pictures(PICTURES, 1);
  const noisy = withNoise(clean, 2);
  await model.fit(noisy, clean, {
    epochs,
    batchSize: 32,
    callbacks: { onEpochEnd: (epoch, logs) => onEpochEnd(epoch, logs!.loss!, model) },
  });
  tf.dispose([clean, noisy]);
  return model;
}
