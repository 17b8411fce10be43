import type { AutoencoderSpec, FitOptions } from 'isthmus';
import { bottleneckTable } from '../reference/bottleneck-table.ts';
import { layerTable } from '../reference/layer-table.ts';
import { close, equal, fails, type Isthmus, numbers, ok, type Suite, sameBits } from './assert.ts';

/** A model of many layers in a row. */
const everything = (i: Isthmus) =>
  i.autoencoder(
    {
      input: [8, 8, 2],
      encoder: [
        i.normalization(),
        i.gaussianNoise({ stddev: 0.01 }),
        i.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
        i.batchNormalization(),
        i.residual({ layers: [i.depthwiseConv2d({ kernelSize: 3, padding: 'same' }), i.layerNormalization()] }),
        i.skip({
          layers: [i.separableConv2d({ filters: 3, kernelSize: 3, padding: 'same' }), i.dropout({ rate: 0.1 })],
        }),
        i.zeroPadding2d({
          padding: [
            [1, 0],
            [0, 1],
          ],
        }),
        i.cropping2d({
          cropping: [
            [0, 1],
            [1, 0],
          ],
        }),
        i.maxPooling2d(),
        i.averagePooling2d({ poolSize: 2 }),
        i.flatten(),
        i.dense({ units: 6 }),
        i.activation({ activation: 'tanh' }),
      ],
      decoder: [
        i.dense({ units: 32, activation: 'relu' }),
        i.reshape({ targetShape: [8, 4] }),
        i.conv1d({ filters: 4, kernelSize: 3, padding: 'same' }),
        i.gru({ units: 4, returnSequences: true }),
        i.zeroPadding1d({ padding: [2, 0] }),
        i.cropping1d(),
        i.maxPooling1d(),
        i.averagePooling1d(),
        i.upSampling1d({ size: 4, interpolation: 'bilinear' }),
        i.reshape({ targetShape: [2, 2, 8] }),
        i.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
        i.upSampling2d(),
        i.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }),
        i.normalization({ invert: true }),
      ],
    },
    { seed: 3 },
  );

const x = numbers(24 * 128).map((v) => 0.5 + 0.4 * v);

/** Trains a model twice, and loads its file: losses, files and outputs have the same bits. */
async function checkBits(i: Isthmus, name: string, spec: AutoencoderSpec, options: FitOptions = {}): Promise<void> {
  const data = numbers(12 * spec.input.reduce((product, length) => product * length, 1));
  const train = async () => {
    const model = await i.autoencoder(spec, { seed: 3 });
    const { loss } = await i.fit(model, data, { ...options, deterministic: true, batchSize: 8, epochs: 3 });
    ok(loss[2]! < loss[0]!, `${name}: the loss falls: ${loss}`);
    return { model, loss, file: i.saveModel(model) };
  };
  const [first, second] = [await train(), await train()];
  equal(second.loss, first.loss, `${name}: losses`);
  sameBits(second.file, first.file, `${name}: files`);
  const loaded = await i.loadModel(first.file);
  equal(loaded.spec, first.model.spec, `${name}: spec`);
  sameBits(loaded.reconstruct(data), first.model.reconstruct(data), `${name}: output`);
}

export const layers: Suite = {
  async 'each layer trains to the same bits twice, and is saved and loaded to the bit'(i) {
    for (const [type, { cases, signal }] of Object.entries(layerTable)) {
      for (const [title, make] of Object.entries(cases)) {
        const input = signal ? [8, 3] : [6, 5, 3];
        const size = input.reduce((product, length) => product * length, 1);
        const encoder = [i.dense({ units: 3 }), make(i, input)];
        const decoder = [i.flatten(), i.dense({ units: size }), i.reshape({ targetShape: input })];
        await checkBits(i, `${type}, ${title}`, { input, encoder, decoder });
      }
    }
  },

  async 'each bottleneck trains to the same bits twice, and is saved and loaded to the bit'(i) {
    for (const [type, cases] of Object.entries(bottleneckTable)) {
      for (const [title, { layer, options, activation = 'tanh' }] of Object.entries(cases)) {
        const encoder = [i.dense({ units: 6, activation })];
        const decoder = [i.dense({ units: 10 })];
        await checkBits(i, `${type}, ${title}`, { input: [10], encoder, latent: layer(i), decoder }, options);
      }
    }
  },

  async 'a model of many layers trains to the same bits twice, is saved and loaded to the bit, and resumes from a checkpoint'(
    i,
  ) {
    const options = { deterministic: true, batchSize: 8, epochs: 2, optimizer: i.adamw(0.01) };
    const [a, b] = [await everything(i), await everything(i)];
    const history = await i.fit(a, x, { ...options, epochs: 4 });
    ok(history.loss[3]! < history.loss[0]!, `the loss falls: ${history.loss}`);
    const half = await i.fit(b, x, options);
    const back = await i.loadCheckpoint(i.saveCheckpoint(b, half));
    const second = await i.fit(back.model, x, { ...options, epochs: 4, resume: back.history });
    equal(second.loss, history.loss);
    const file = i.saveModel(a);
    sameBits(i.saveModel(back.model), file, 'files');
    const loaded = await i.loadModel(file);
    equal(loaded.spec, a.spec);
    sameBits(loaded.reconstruct(x), a.reconstruct(x));
    sameBits(a.decode(a.encode(x)), a.reconstruct(x));
    sameBits(a.encode(x.subarray(0, 128)), a.encode(x).subarray(0, 6), 'a sample alone');
  },

  async 'batch normalization uses running statistics for inference, and no optimizer changes them'(i) {
    const build = () =>
      i.autoencoder(
        { input: [3], encoder: [i.batchNormalization({ momentum: 0.5 })], decoder: [i.dense({ units: 3 })] },
        { seed: 1 },
      );
    const m = await build();
    equal(m.parameterCount, 3 + 3 + 9 + 3);
    const data = Float32Array.from({ length: 300 }, (_, k) => 5 * (k % 3) + numbers(300)[k]!);
    await i.fit(m, data, { batchSize: 100, epochs: 12, optimizer: i.adamw({ learningRate: 0.01, weightDecay: 0.5 }) });
    const { data: mean } = m.weights['encoder.0.movingMean']!;
    const { data: variance } = m.weights['encoder.0.movingVariance']!;
    for (let c = 0; c < 3; c++) {
      const column = data.filter((_, k) => k % 3 === c);
      const average = column.reduce((sum, v) => sum + v, 0) / 100;
      const spread = column.reduce((sum, v) => sum + (v - average) ** 2, 0) / 99;
      close(
        [mean[c]!, variance[c]!],
        [average * (1 - 0.5 ** 12), spread + (1 - spread) * 0.5 ** 12],
        1e-4,
        `channel ${c}`,
      );
    }
    const one = m.encode(data.subarray(0, 3));
    const { gamma, beta } = { gamma: m.weights['encoder.0.gamma']!.data, beta: m.weights['encoder.0.beta']!.data };
    close(
      one,
      [0, 1, 2].map((c) => ((data[c]! - mean[c]!) / Math.sqrt(variance[c]! + 0.001)) * gamma[c]! + beta[c]!),
      1e-5,
    );
  },

  async 'max pooling sends the gradient to the first of several equal maxima'(i) {
    const m = await i.autoencoder({
      input: [4, 1],
      encoder: [i.dense({ units: 1, useBias: false }), i.maxPooling1d({ poolSize: 4 })],
      decoder: [i.flatten(), i.dense({ units: 4, useBias: false }), i.reshape({ targetShape: [4, 1] })],
    });
    const kernel = (path: string, shape: number[], values: number[]) => ({
      [path]: { shape, data: Float32Array.from(values) },
    });
    m.setWeights({ ...kernel('encoder.0.kernel', [1, 1], [-1]), ...kernel('decoder.1.kernel', [1, 4], [1, 1, 1, 1]) });
    // All values negative: a maximum below zero has a gradient too.
    await i.fit(m, Float32Array.of(2, 2, 3, 2), { optimizer: i.sgd(1), targets: new Float32Array(4) });
    // y = -2 four times, dy = 2y/4 each, Σ = -4; through the first 2: dw = -4 · 2, w = -1 + 8.
    close(m.weights['encoder.0.kernel']!.data, [7], 1e-6);
  },

  async 'an invalid shape is refused with the layer, its path and the shape'(i) {
    const build =
      (encoder: object[], input = [4, 4, 2]) =>
      () =>
        i.autoencoder({
          input,
          encoder: encoder as never,
          decoder: [i.flatten(), i.dense({ units: 32 }), i.reshape({ targetShape: [4, 4, 2] })],
        });
    const at = (encoder: object[], message: RegExp, input?: number[]) =>
      fails(build(encoder, input), 'RangeError', message);
    await at(
      [i.conv2d({ filters: 2, kernelSize: 5 })],
      /"encoder\[0\]" expected an input of at least \[5, 5\], got \[4, 4\]/,
    );
    await at(
      [i.flatten(), i.conv2d({ filters: 2, kernelSize: 1 })],
      /"encoder\[1\]" expected an input of \[height, width, channels\], got \[32\]/,
    );
    await at(
      [i.conv1d({ filters: 2, kernelSize: 1 })],
      /"encoder\[0\]" expected an input of \[length, channels\], got \[4, 4, 2\]/,
    );
    await at([i.maxPooling2d({ poolSize: 5 })], /"encoder\[0\]" expected an input of at least \[5, 5\]/);
    await at(
      [i.cropping2d({ cropping: [[1, 3], 0] })],
      /"encoder\[0\]" expected an input of at least \[5, 1\], got \[4, 4\]/,
    );
    await at([i.cropping1d({ cropping: 2 })], /"encoder\[0\]" expected an input of at least 5, got \[4\]/, [4, 2]);
    await at([i.zeroPadding1d()], /"encoder\[0\]" expected an input of \[length, channels\], got \[4, 4, 2\]/);
    await at([i.zeroPadding2d({ padding: 2 ** 27 })], /"encoder\[0\]" expected to need at most 4 GB of memory/);
    await at(
      [i.reshape({ targetShape: [5] })],
      /"encoder\[0\]" expected an input of 5 values for \[5\], got \[4, 4, 2\]/,
    );
    await at(
      [i.residual({ layers: [i.conv2d({ filters: 3, kernelSize: 1 })] })],
      /"encoder\[0\].layers" expected an output of the input's shape \[4, 4, 2\], got \[4, 4, 3\]/,
    );
    await at(
      [i.skip({ layers: [i.maxPooling2d()] })],
      /"encoder\[0\].layers" expected an output like the input \[4, 4, 2\]/,
    );
    await at(
      [i.residual({ layers: [i.residual({ layers: [i.conv2d({ filters: 2, kernelSize: 9 })] })] })],
      /"encoder\[0\].layers\[0\].layers\[0\]" expected an input of at least \[9, 9\]/,
    );
    await fails(
      () => i.conv2d({ filters: 0, kernelSize: 3 }),
      'RangeError',
      /"conv2d.filters" expected integer 1\.\.65536, got 0/,
    );
    await fails(() => i.conv2d({ filters: 2, kernelSize: 0 }), 'RangeError', /"conv2d.kernelSize" expected integer/);
    await fails(() => i.conv2d({ filters: 2, kernelSize: [1, 2, 3] as never }), 'TypeError', /a number or two numbers/);
    await fails(() => i.conv2d({ filters: 2 } as never), 'TypeError', /"conv2d.kernelSize" expected integer/);
    await fails(
      () => i.conv2d({ filters: 2, kernelSize: 1, padding: 'full' as never }),
      'RangeError',
      /one of valid, same/,
    );
    await fails(
      () => i.conv1d({ filters: 2, kernelSize: [1, 2] as never }),
      'RangeError',
      /"conv1d.kernelSize" expected one number/,
    );
    await fails(
      () => i.zeroPadding2d({ padding: -1 }),
      'RangeError',
      /"zeroPadding2d.padding" expected integer 0\.\.268435456, got -1/,
    );
    await fails(
      () => i.zeroPadding2d({ padding: [1, [0, 0.5]] }),
      'RangeError',
      /"zeroPadding2d.padding\[1\]\[1\]" expected integer/,
    );
    await fails(
      () => i.cropping2d({ cropping: [1, 2, 3] as never }),
      'TypeError',
      /"cropping2d.cropping" expected a number or two numbers/,
    );
    await fails(
      () => i.cropping1d({ cropping: [[1, 2], 3] as never }),
      'TypeError',
      /"cropping1d.cropping\[0\]" expected integer/,
    );
    await fails(
      () => i.zeroPadding1d({ cropping: 1 } as never),
      'TypeError',
      /expected no other options than type, padding/,
    );
    const edges = [
      [1, 0],
      [0, 1],
    ] as [[number, number], [number, number]];
    const padding = i.zeroPadding2d({ padding: edges });
    edges[0][0] = 9;
    equal(
      padding.padding,
      [
        [1, 0],
        [0, 1],
      ],
      'a layer keeps its own copy of a list of lists',
    );
    ok(
      Object.isFrozen(padding.padding) && Object.isFrozen((padding.padding as readonly unknown[])[0]),
      'lists in lists are frozen',
    );
    await fails(() => i.residual({ layers: [] }), 'RangeError', /at least one layer/);
    await fails(
      () => i.skip({ layers: [{ type: 'dense', units: 2 } as never] }),
      'TypeError',
      /"skip.layers\[0\]" expected a layer made by a factory/,
    );
    await fails(() => i.batchNormalization({ momentum: 1 }), 'RangeError', /\[0, 1\), got 1/);
    const idle = await i.autoencoder({ input: [4], encoder: [i.flatten()], decoder: [i.flatten()] });
    sameBits(idle.reconstruct(numbers(8)), numbers(8));
    await fails(() => i.fit(idle, numbers(8)), 'RangeError', /"model" expected a layer with trainable weights/);
  },
};
