import '@tensorflow/tfjs-backend-cpu';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { type Competitor, convNet, pixels, type Workload } from '../workloads.ts';

setThreadsCount(1);

/** Starts a backend. Errors: the backend does not start; tfjs only returns false. */
export async function setBackend(backend: 'wasm' | 'cpu'): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend does not start`);
}

export function build({ net }: Workload, optimizer: tf.Optimizer = tf.train.adam(0.001)): layers.LayersModel {
  const model = layers.sequential();
  if (net === 'dense') {
    model.add(layers.layers.dense({ units: 64, activation: 'relu', inputShape: [784] }));
    model.add(layers.layers.dense({ units: 784, activation: 'sigmoid' }));
  } else {
    convNet.forEach(({ filters, strides, transposed }, i) => {
      const options = {
        filters, strides, kernelSize: 3, padding: 'same' as const,
        activation: i === convNet.length - 1 ? ('sigmoid' as const) : ('relu' as const),
        ...(i === 0 && { inputShape: [28, 28, 1] }),
      }; // biome-ignore format: options
      model.add(transposed ? layers.layers.conv2dTranspose(options) : layers.layers.conv2d(options));
    });
  }
  model.compile({ optimizer, loss: 'meanSquaredError' });
  return model;
}

/** TensorFlow.js on one of its backends, one thread. */
export const tfjs = (backend: 'wasm' | 'cpu'): Competitor => ({
  name: `tfjs ${backend}`,
  version: tf.version_core,
  async open(work) {
    if (!(await tf.setBackend(backend))) return `the ${backend} backend does not start`;
    const model = build(work);
    const x = tf.tensor(pixels(work.rows), work.net === 'conv' ? [work.rows, 28, 28, 1] : [work.rows, 784]);
    const encoder = layers.sequential({ layers: model.layers.slice(0, 1) });
    const once = async (): Promise<void> => {
      if (work.kind === 'step') await model.trainOnBatch(x, x);
      else {
        const y = (work.kind === 'encode' ? encoder : model).predict(x) as tf.Tensor;
        y.dataSync();
        y.dispose();
      }
    };
    try {
      await once();
    } catch (error) {
      return `cannot ${work.kind === 'step' ? 'train' : 'run'}: ${(error as Error).message.split('\n')[0]!.slice(0, 90)}`;
    }
    return {
      async run(times) {
        await tf.setBackend(backend);
        for (let i = 0; i < times; i++) await once();
      },
    };
  },
});
