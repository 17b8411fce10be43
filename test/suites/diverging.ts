import type { AutoencoderSpec, FitOptions, Layer, LossName } from 'isthmus';
import { equal, fails, type Isthmus, numbers, ok, type Suite, sameBits } from './assert.ts';

const [side, channels] = [4, 2];
const shape = [side, side, channels];
const size = side * side * channels;

/** Samples of extreme values, `count` each, by name. */
export function extremes(count = 9): Record<string, Float32Array<ArrayBuffer>> {
  const from = (value: (i: number) => number) => Float32Array.from({ length: count * size }, (_, i) => value(i));
  const sign = (i: number) => (numbers(count * size, 3)[i]! < 0 ? -1 : 1);
  const signs = from(sign);
  return {
    '±1e20': signs.map((s) => s * 1e20),
    '±1e38': signs.map((s) => s * 1e38),
    '±3.4e38': signs.map((s) => s * 3.4e38),
    'one value of 1e30': from((i) => (i === size + 3 ? 1e30 : (i % 7) / 7)),
    subnormal: signs.map((s, i) => s * (1 + (i % 5)) * 1e-42),
    constant: from(() => 0.5),
    'constant and large': from(() => 1e20),
    zero: from(() => 0),
    'one sample': numbers(size, 5),
  };
}

/** An autoencoder around layers that keep or change the shape of a picture. */
const around = (i: Isthmus, encoder: readonly Layer[], spec: Partial<AutoencoderSpec> = {}) =>
  i.autoencoder(
    {
      input: shape,
      encoder,
      decoder: [i.flatten(), i.dense({ units: size }), i.reshape({ targetShape: shape })],
      ...spec,
    },
    { seed: 1 },
  );

/** Every layer, and every bottleneck, by name. */
function builders(i: Isthmus): Record<string, () => ReturnType<typeof around>> {
  const plain: Record<string, Layer[]> = {
    activation: [i.activation({ activation: 'elu' })],
    averagePooling2d: [i.averagePooling2d()],
    batchNormalization: [i.batchNormalization()],
    'batchNormalization twice': [i.flatten(), i.dense({ units: 5 }), i.batchNormalization(), i.batchNormalization()],
    'batchNormalization as a residual': [i.residual({ layers: [i.batchNormalization()] })],
    conv1d: [i.reshape({ targetShape: [size / 2, 2] }), i.conv1d({ filters: 3, kernelSize: 3 })],
    conv2d: [i.conv2d({ filters: 3, kernelSize: 3 })],
    conv2dTranspose: [i.conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2 })],
    dense: [i.flatten(), i.dense({ units: 5, activation: 'gelu' })],
    depthwiseConv2d: [i.depthwiseConv2d({ kernelSize: 3 })],
    dropout: [i.dropout({ rate: 0.5 })],
    gaussianNoise: [i.gaussianNoise({ stddev: 0.1 })],
    globalAveragePooling2d: [i.globalAveragePooling2d()],
    layerNormalization: [i.layerNormalization()],
    maxPooling2d: [i.maxPooling2d()],
    separableConv2d: [i.separableConv2d({ filters: 3, kernelSize: 3 })],
    skip: [i.skip({ layers: [i.batchNormalization(), i.layerNormalization()] })],
    upSampling2d: [i.upSampling2d({ interpolation: 'bilinear' })],
    softmax: [i.flatten(), i.dense({ units: 5, activation: 'softmax' })],
    swish: [i.flatten(), i.dense({ units: 5, activation: 'swish', l1: 0.1, l2: 0.1 })],
  };
  const code = (activation: 'sigmoid' | 'relu', latent: Layer) => () =>
    around(i, [i.flatten(), i.batchNormalization(), i.dense({ units: 5, activation })], { latent });
  return {
    ...Object.fromEntries(Object.entries(plain).map(([name, layers]) => [name, () => around(i, layers)])),
    kSparse: code('relu', i.kSparse({ k: 2 })),
    'kSparse of one': code('relu', i.kSparse({ k: 1 })),
    'sparse, share': code('relu', i.sparse({ target: 0.2 })),
    'sparse, mean': code('sigmoid', i.sparse({ target: 0.2 })),
    'sparse, l1': code('relu', i.sparse({ l1: 0.1 })),
    quantized: code('relu', i.quantized()),
    variational: code('relu', i.variational({ units: 3 })),
    contractive: code('sigmoid', i.contractive({ weight: 0.1 })),
  };
}

/**
 * One run. Whatever comes of it, the model and all that training keeps are finite; and what an error says of the step
 * that the weights are of is true.
 */
async function run(
  i: Isthmus,
  name: string,
  model: Awaited<ReturnType<typeof around>>,
  options: FitOptions,
  x: Float32Array,
) {
  const state = () => Object.values(model.weights).flatMap(({ data }) => [...data]);
  const before = new Map<number, number[]>([[0, state()]]);
  const onBatchEnd = () => before.set(before.size, state());
  const run = { batchSize: 4, deterministic: true, epochs: 4, onBatchEnd, ...options };
  let said = '';
  try {
    const history = await i.fit(model, x, run);
    ok(history.loss.every(Number.isFinite), `${name}: the history has ${history.loss}`);
  } catch (error) {
    said = (error as Error).message;
    equal((error as Error).name, 'RangeError', `${name}: ${said}`);
    const step = Number(/the weights after step (\d+) are restored/.exec(said)?.[1] ?? Number.NaN);
    sameBits(state(), before.get(step) ?? [], `${name}: ${said}`);
  }
  ok(state().every(Number.isFinite), `${name}: weights of ${Object.keys(model.weights)} ${said}`);
  const { model: back, history } = await i.loadCheckpoint(i.saveCheckpoint(model));
  sameBits(
    Object.values(back.weights).flatMap(({ data }) => [...data]),
    state(),
    `${name}: the checkpoint`,
  );
  return { said, history };
}

/** Data, layers and learning rates that overflow float32, and the model afterwards. */
export const diverging: Suite = {
  async 'every layer and bottleneck has finite weights after extreme samples, and the reported error is correct'(i) {
    for (const [data, x] of Object.entries(extremes()))
      for (const [name, build] of Object.entries(builders(i)))
        for (const loss of ['meanAbsoluteError', 'meanSquaredError'] as const)
          await run(i, `${name}, ${loss}, ${data}`, await build(), { loss }, x);
  },

  async 'every loss with every optimizer after batch normalization has finite weights after extreme samples'(i) {
    const losses: LossName[] = ['meanSquaredError', 'meanAbsoluteError', 'huber'];
    const optimizers = [
      i.sgd(1e10),
      i.momentum({ learningRate: 1e30, nesterov: true }),
      i.rmsprop(1e20),
      i.adam(1e37),
      i.adamw(1e30),
    ];
    for (const [data, x] of Object.entries(extremes()))
      for (const loss of losses)
        for (const optimizer of optimizers) {
          const name = `${loss}, ${optimizer.type}, ${data}`;
          await run(i, name, await around(i, [i.batchNormalization()]), { loss, optimizer }, x);
          await run(
            i,
            `${name}, clipped`,
            await around(i, [i.batchNormalization()]),
            { loss, optimizer, clipNorm: 1, clipValue: 1 },
            x,
          );
        }
  },

  async 'a run that is aborted while it diverges leaves finite weights'(i) {
    for (const stop of ['signal', 'callback']) {
      const m = await around(i, [i.flatten(), i.dense({ units: 5 })]);
      const before = i.saveModel(m);
      const controller = new AbortController();
      const onBatchEnd = () => {
        if (stop === 'callback') throw new Error('enough');
        controller.abort(new Error('enough'));
      };
      const x = extremes()['±1e20']!;
      const options = {
        loss: 'meanAbsoluteError' as const,
        optimizer: i.sgd(1e38),
        signal: controller.signal,
        onBatchEnd,
      };
      await fails(() => i.fit(m, x, options), 'Error', /enough/);
      sameBits(i.saveModel(m), before, 'the weights from before the first step');
      await i.loadCheckpoint(i.saveCheckpoint(m));
    }
  },
};
