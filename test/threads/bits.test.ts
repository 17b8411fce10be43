// Several threads give the weights and losses of one thread, bit by bit.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sharesOfWorkers, sleep } from './harness.ts';

const isthmus = await import('../../src/index.ts');
const { autoencoder, conv1d, conv2d, conv2dTranspose, dense, fit, reshape, saveModel } = isthmus;

const { Divider } = await import('../../src/threads/shared/divide.ts');

/** Jobs of weight gradients, undefined where a kernel that the divider does not know would leave them to one thread. */
const gradientJobs: unknown[] = [];
const { gradients } = Divider.prototype;
Divider.prototype.gradients = function (layer) {
  const job = gradients.call(this, layer);
  gradientJobs.push(job);
  return job;
};

/** Values 0..1 that differ from sample to sample. */
const noise = (n: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: n }, (_, i) => ((i * 7919 + (i >> 5) * 104729) % 1000) / 1000);

type Spec = Parameters<typeof autoencoder>[0];
type Options = NonNullable<Parameters<typeof fit>[2]>;

/** The file of a model after training, and its losses. `samples` is no multiple of the batch: the last batch is short. */
async function trained(
  spec: Spec,
  threads: number,
  options: Options,
): Promise<{ bytes: string; loss: readonly number[] }> {
  const samples = 2.5 * options.batchSize!;
  const x = noise(samples * spec.input.reduce((size, n) => size * n, 1));
  const model = await autoencoder(spec, { seed: 3 });
  // The first batch ends when the workers are up.
  const onBatchEnd = (batch: number): unknown => (batch === 0 && threads > 1 ? sleep(150) : undefined);
  const { loss } = await fit(model, x, { epochs: 3, deterministic: true, ...options, threads, onBatchEnd });
  return { bytes: Buffer.from(await saveModel(model)).toString('base64'), loss };
}

const same = { padding: 'same', activation: 'relu' } as const;
const image: Spec['decoder'] = [
  conv2dTranspose({ filters: 12, kernelSize: 3, strides: 2, ...same }),
  conv2d({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' }),
];
const half = conv2d({ filters: 8, kernelSize: 3, strides: 2, ...same });

const nets: Record<string, { spec: Spec; batchSize: number }> = {
  'dense layers with each kind of activation': {
    batchSize: 46,
    spec: {
      input: [90],
      encoder: [dense({ units: 250, activation: 'gelu' }), dense({ units: 130, activation: 'softmax' }), dense({ units: 7 })],
      decoder: [dense({ units: 333, activation: 'tanh' }), dense({ units: 90, activation: 'sigmoid' })],
    },
  },
  'dense layers over the last of several axes': {
    batchSize: 26,
    spec: {
      input: [14, 21],
      encoder: [dense({ units: 60, activation: 'swish', useBias: false, l2: 0.001 })],
      decoder: [dense({ units: 21 })],
    },
  },
  'convolutions, transposed too': { batchSize: 26, spec: { input: [18, 18, 3], encoder: [half], decoder: [conv2dTranspose({ filters: 3, kernelSize: 4, strides: 2, padding: 'same' })] } },
  'a convolution with one filter, and one with dilation': {
    batchSize: 26,
    spec: { input: [20, 20, 1], encoder: [half, conv2d({ filters: 9, kernelSize: 3, dilationRate: 2, padding: 'same', activation: 'gelu' })], decoder: image },
  },
  'convolutions over signals, and reshaping': {
    batchSize: 40,
    spec: {
      input: [64, 2],
      encoder: [conv1d({ filters: 24, kernelSize: 5, strides: 2, ...same }), isthmus.flatten(), dense({ units: 5 })],
      decoder: [dense({ units: 128, activation: 'relu' }), reshape({ targetShape: [64, 2] })],
    },
  },
  'pooling, up-sampling, padding and normalization': {
    batchSize: 30,
    spec: {
      input: [16, 16, 2],
      encoder: [isthmus.zeroPadding2d(), conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }), isthmus.maxPooling2d(), isthmus.batchNormalization(), isthmus.averagePooling2d()],
      decoder: [isthmus.upSampling2d({ size: 4, interpolation: 'bilinear' }), isthmus.layerNormalization(), conv2d({ filters: 2, kernelSize: 3, padding: 'same' })],
    },
  },
  'depthwise and separable convolutions, dropout and noise': {
    batchSize: 30,
    spec: {
      input: [16, 16, 4],
      encoder: [isthmus.depthwiseConv2d({ kernelSize: 3, ...same }), isthmus.separableConv2d({ filters: 8, kernelSize: 3, strides: 2, ...same }), isthmus.dropout({ rate: 0.2 }), isthmus.gaussianNoise({ stddev: 0.1 })],
      decoder: [isthmus.upSampling2d(), conv2d({ filters: 4, kernelSize: 3, padding: 'same' })],
    },
  },
  'residual blocks and U-Net connections': {
    batchSize: 26,
    spec: {
      input: [16, 16, 1],
      encoder: [
        conv2d({ filters: 8, kernelSize: 3, ...same }),
        isthmus.residual({ layers: [conv2d({ filters: 8, kernelSize: 3, ...same }), isthmus.activation({ activation: 'tanh' })] }),
        isthmus.skip({ layers: [half, conv2dTranspose({ filters: 4, kernelSize: 2, strides: 2, padding: 'same' })] }),
      ],
      decoder: [conv2d({ filters: 1, kernelSize: 3, padding: 'same' })],
    },
  },
  'a variational bottleneck': {
    batchSize: 40,
    spec: { input: [200], encoder: [dense({ units: 150, activation: 'relu' })], latent: isthmus.variational({ units: 12 }), decoder: [dense({ units: 200 })] },
  },
  'a recurrent layer': {
    batchSize: 30,
    spec: { input: [12, 6], encoder: [isthmus.gru({ units: 20 })], decoder: [dense({ units: 300, activation: 'elu' }), dense({ units: 72 }), reshape({ targetShape: [12, 6] })] },
  },
}; // biome-ignore format: a table

describe('strict training with threads', () => {
  for (const [name, { spec, batchSize }] of Object.entries(nets)) {
    it(`gives the bits of one thread: ${name}`, async () => {
      const one = await trained(spec, 1, { batchSize });
      const before = sharesOfWorkers();
      for (const threads of [2, 3, 4]) assert.deepEqual(await trained(spec, threads, { batchSize }), one, `${threads} threads`);
      for (let attempt = 0; attempt < 20 && sharesOfWorkers() === before; attempt++)
        assert.deepEqual(await trained(spec, 2, { batchSize }), one);
      assert.ok(sharesOfWorkers() > before, 'no worker has taken a share');
      assert.ok(gradientJobs.splice(0).every(Boolean), 'some gradients are not divided');
    });
  }

  const { adam, adamw, rmsprop, sgd } = isthmus;
  const spec: Spec = { input: [130], encoder: [dense({ units: 301, activation: 'relu' })], decoder: [dense({ units: 130 })] };
  const optimizers = [sgd(0.1), isthmus.momentum({ momentum: 0.9, nesterov: true }), rmsprop(), adam(0.01), adamw({ weightDecay: 0.1 })];
  for (const optimizer of optimizers) {
    it(`gives the bits of one thread with ${JSON.stringify(optimizer)}`, async () => {
      const options = { batchSize: 40, optimizer, clipNorm: 1, clipValue: 0.5 };
      const one = await trained(spec, 1, options);
      assert.deepEqual(await trained(spec, 2, options), one);
      assert.deepEqual(await trained(spec, 3, options), one);
    });
  }

  it('gives the bits of one thread with targets, weights of samples and augmentations', async () => {
    const input = [14, 14, 1] as const;
    const net: Spec = { input: [...input], encoder: [half], decoder: [conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same' })] };
    const run = async (threads: number): Promise<string> => {
      const model = await autoencoder(net, { seed: 3 });
      await fit(model, noise(90 * 196), {
        epochs: 2,
        batchSize: 30,
        deterministic: true,
        targets: noise(90 * 196).map((v) => v / 2),
        sampleWeight: Array.from({ length: 90 }, (_, i) => 1 + (i % 3)),
        augment: isthmus.flip({ horizontal: true }),
        corruption: isthmus.gaussianNoise({ stddev: 0.2 }),
        validationSplit: 0.2,
        threads,
      });
      return Buffer.from(await saveModel(model)).toString('base64');
    };
    assert.equal(await run(2), await run(1));
  });
}); // biome-ignore format: options in one line
