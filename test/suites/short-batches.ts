import type { Layer } from 'isthmus';
import { close, equal, type Isthmus, numbers, ok, type Suite } from './assert.ts';

const size = 8;

/** Samples of eight values that are linear in two random variables. */
function samples(count: number, seed: number): Float32Array<ArrayBuffer> {
  const base = numbers(count * 2, seed);
  return Float32Array.from({ length: count * size }, (_, k) => {
    const [row, j] = [Math.floor(k / size), k % size];
    const waves = [j % 3, (j * j) % 5];
    return base[2 * row]! * (waves[0]! - 1) + base[2 * row + 1]! * (waves[1]! / 2 - 1);
  });
}

/** The error after training on `count` samples in batches of 32. */
async function error(i: Isthmus, count: number, seed: number, layers: () => Layer[], latent?: Layer): Promise<number> {
  const { dense } = i;
  const spec = {
    input: [size],
    encoder: [
      ...layers(),
      dense({ units: 20, activation: latent?.type === 'sparse' ? 'sigmoid' : ('linear' as const) }),
    ],
    decoder: [...layers(), dense({ units: size })],
    ...(latent && { latent }),
  } as const;
  const model = await i.autoencoder(spec, { seed });
  const x = samples(count, seed);
  await i.fit(model, x, { deterministic: true, epochs: 300, optimizer: i.adam(0.01) });
  return i.evaluate(model, x).meanSquaredError;
}

/** Mean errors over seeds: with a last batch of one sample, and with full batches only. */
async function shortAndFullErrors(
  i: Isthmus,
  layers: () => Layer[],
  latent?: Layer,
): Promise<[short: number, full: number]> {
  let [short, full] = [0, 0];
  for (const seed of [1, 2, 3]) {
    short += (await error(i, 33, seed, layers, latent)) / 3;
    full += (await error(i, 32, seed, layers, latent)) / 3;
  }
  return [short, full];
}

/** Short last batches, and statistics that are averages over a batch. */
export const shortBatches: Suite = {
  async 'a last batch of one sample does not harm batch normalization'(i) {
    const layers = () => [i.dense({ units: 16 }), i.batchNormalization(), i.activation({ activation: 'relu' })];
    const [short, full] = await shortAndFullErrors(i, layers);
    ok(short < 2 * full, `33 samples: ${short}, 32 samples: ${full}`);
  },

  async 'a last batch of one sample does not harm the mean activities of a sparse code'(i) {
    const [short, full] = await shortAndFullErrors(i, () => [], i.sparse({ target: 0.1 }));
    ok(short < 2 * full, `33 samples: ${short}, 32 samples: ${full}`);
  },

  async 'the running variance is the unbiased estimate, and a short batch has a smaller weight'(i) {
    const momentum = 0.9;
    const spec = { input: [3], encoder: [i.batchNormalization({ momentum })], decoder: [i.dense({ units: 3 })] };
    const m = await i.autoencoder(spec, { seed: 1 });
    const x = numbers(3 * 18, 4).map((v, k) => v * (k % 3) + 5);
    await i.fit(m, x, { deterministic: true, shuffle: false, epochs: 2, batchSize: 7 });
    for (let c = 0; c < 3; c++) {
      let [mean, variance] = [0, 1];
      for (const [from, to] of [0, 1].flatMap(
        () =>
          [
            [0, 7],
            [7, 14],
            [14, 18],
          ] as const,
      )) {
        const rows = Array.from({ length: to - from }, (_, k) => x[(from + k) * 3 + c]!);
        const m = rows.reduce((sum, v) => sum + v, 0) / rows.length;
        const v = rows.reduce((sum, v) => sum + (v - m) ** 2, 0) / (rows.length - 1);
        const rest = ((1 - momentum) * rows.length) / 7;
        mean += rest * (m - mean);
        variance += rest * (v - variance);
      }
      close([m.weights['encoder.0.movingMean']!.data[c]!], [mean], 1e-6, 'mean');
      close([m.weights['encoder.0.movingVariance']!.data[c]!], [variance], 1e-6, 'variance');
    }
  },

  async 'a batch with one value for each channel trains weights and does not change the running statistics'(i) {
    const encoder = [i.batchNormalization(), i.dense({ units: 6 })];
    const m = await i.autoencoder({ input: [size], encoder, decoder: [i.dense({ units: size })] }, { seed: 1 });
    const x = samples(40, 2);
    const before = i.evaluate(m, x).loss;
    const history = await i.fit(m, x, { batchSize: 1, epochs: 20 });
    equal([...m.weights['encoder.0.movingMean']!.data], Array(size).fill(0));
    equal([...m.weights['encoder.0.movingVariance']!.data], Array(size).fill(1));
    ok(i.evaluate(m, x).loss < before / 2 && history.loss.at(-1)! < before / 2, `the loss falls: ${history.loss}`);
    // A picture has a value for each pixel, so one sample is enough.
    const picture = await i.autoencoder(
      { input: [4, 4, 2], encoder: [i.batchNormalization()], decoder: [i.conv2d({ filters: 2, kernelSize: 1 })] },
      { seed: 1 },
    );
    await i.fit(picture, numbers(32, 3), { batchSize: 1 });
    ok(
      picture.weights['encoder.0.movingMean']!.data.every((v) => v !== 0),
      'the mean moves',
    );
  },

  async 'batch normalization works for values whose squares overflow float32'(i) {
    const spec = { input: [2], encoder: [i.batchNormalization({ momentum: 0 })], decoder: [i.dense({ units: 2 })] };
    const m = await i.autoencoder(spec, { seed: 1 });
    // The variance of the first channel is within the range of float32, that of the second channel is not.
    const x = Float32Array.from({ length: 16 }, (_, k) => (k % 2 ? 1e20 : 1e18) * (k % 4 < 2 ? 3 : 4));
    await i.fit(m, x, { batchSize: 8, optimizer: i.sgd(1e-30), targets: new Float32Array(16) });
    const [mean, variance] = ['movingMean', 'movingVariance'].map((name) => m.weights[`encoder.0.${name}`]!.data);
    close([mean![0]! / 3.5e18, mean![1]! / 3.5e20], [1, 1], 1e-6, 'means');
    close([variance![0]! / ((0.5e18 ** 2 * 8) / 7), variance![1]! / 3.4028234663852886e38], [1, 1], 1e-6, 'variances');
    ok(m.encode(x).every(Number.isFinite), 'codes are numbers');
  },
};
