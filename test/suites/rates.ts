import { close, equal, fails, type Isthmus, ok, type Suite, sameBits, sheetSamples } from './assert.ts';
import { buildModel, deterministicOptions, size, weightsOf, x } from './small-model.ts';

const specOf = ({ dense, quantized }: Isthmus, step = 0.5) => ({
  input: [size],
  encoder: [dense({ units: 12, activation: 'tanh' as const }), dense({ units: 4 })],
  latent: quantized({ step }),
  decoder: [dense({ units: 12, activation: 'tanh' as const }), dense({ units: size })],
});

/** Sum of the entropies of the channels, in bits: a lower bound for codes with one table for each channel. */
function entropy(codes: Float32Array, channels: number): number {
  let bits = 0;
  for (let channel = 0; channel < channels; channel++) {
    const counts = new Map<number, number>();
    const values = codes.filter((_, i) => i % channels === channel);
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    for (const count of counts.values()) bits -= (count / values.length) * Math.log2(count / values.length);
  }
  return bits;
}

/** Training on rate and distortion: option `rateWeight`. */
export const rates: Suite = {
  async 'a larger rateWeight gives fewer bits and more error, and the rate is close to the entropy of the codes'(
    isthmus,
  ) {
    const { autoencoder, fit, evaluate, adam } = isthmus;
    const train = async (rateWeight: number) => {
      const m = await autoencoder(specOf(isthmus), { seed: 1 });
      const history = await fit(m, x, { ...deterministicOptions, epochs: 250, optimizer: adam(0.01), rateWeight });
      const { rate, meanSquaredError } = evaluate(m, x);
      return { m, history, rate: rate!, meanSquaredError };
    };
    const [light, heavy] = [await train(0.001), await train(0.02)];
    ok(light.rate > heavy.rate + 2, `${light.rate} and ${heavy.rate} bits`);
    ok(light.meanSquaredError < 0.5 * heavy.meanSquaredError, `${light.meanSquaredError} ${heavy.meanSquaredError}`);
    const first = light.history.rate[0]!;
    ok(light.history.rate[249]! < first, `${first} bits after the first epoch`);
    for (const { m, rate } of [light, heavy]) {
      const minRate = entropy(m.encode(x), 4);
      ok(rate >= minRate && rate < 1.2 * minRate + 1, `${rate} bits, the codes have ${minRate}`);
      // The rate is a mean over samples, for any division into batches.
      const one = x.subarray(0, 40 * size);
      const parts = [0, 1, 2, 3].map((i) => evaluate(m, one.subarray(i * 10 * size, (i + 1) * 10 * size)).rate!);
      close([parts.reduce((sum, v) => sum + v, 0) / 4], [evaluate(m, one).rate!], 1e-6);
    }
  },

  async 'the rate is reported after every batch and epoch, and is part of the loss'(isthmus) {
    const { autoencoder, fit, evaluate } = isthmus;
    const m = await autoencoder(specOf(isthmus), { seed: 2 });
    const [batches, epochs]: [number[], number[][]] = [[], []];
    const history = await fit(m, x, {
      ...deterministicOptions,
      epochs: 3,
      batchSize: 50,
      rateWeight: 0.1,
      validationData: x,
      onBatchEnd: (_, { rate }) => void batches.push(rate!),
      onEpochEnd: (_, { rate, valRate }) => void epochs.push([rate!, valRate!]),
    });
    equal(
      epochs,
      [0, 1, 2].map((i) => [history.rate[i], history.valRate[i]]),
    );
    for (let i = 0; i < 3; i++) {
      const four = batches.slice(4 * i, 4 * i + 4);
      close([history.rate[i]!], [four.reduce((sum, v) => sum + v, 0) / 4], 1e-12);
    }
    const { loss, meanSquaredError, rate } = evaluate(m, x);
    close([history.valLoss[2]!, history.valRate[2]!], [loss, rate!], 1e-9);
    close([loss], [meanSquaredError + (0.1 * rate!) / size], 1e-9);
  },

  async 'without a rateWeight fit learns no prior and reports no rate'(isthmus) {
    const { autoencoder, fit, evaluate } = isthmus;
    for (const options of [{}, { rateWeight: 0 }]) {
      const m = await autoencoder(specOf(isthmus), { seed: 1 });
      let reported = false;
      const history = await fit(m, x, {
        epochs: 2,
        ...options,
        validationData: x,
        onBatchEnd: (_, logs) => {
          reported ||= 'rate' in logs;
        },
        onEpochEnd: (_, logs) => {
          reported ||= 'rate' in logs || 'valRate' in logs;
        },
      });
      ok(!reported && !('rate' in evaluate(m, x)), 'a rate');
      equal([history.rate, history.valRate], [[], []]);
      ok(
        m.weights['latent.prior']!.data.every((v) => v === 0),
        'the prior is unchanged',
      );
    }
  },

  async 'training with a rateWeight can be interrupted, saved and resumed with the same bits'(isthmus) {
    const { autoencoder, fit, evaluate, saveCheckpoint, loadCheckpoint, saveModel, loadModel } = isthmus;
    const options = { ...deterministicOptions, rateWeight: 0.05, batchSize: 30, validationData: x };
    const [uninterrupted, interrupted] = [
      await autoencoder(specOf(isthmus), { seed: 3 }),
      await autoencoder(specOf(isthmus), { seed: 3 }),
    ];
    const expected = await fit(uninterrupted, x, { ...options, epochs: 4 });
    const stop = new AbortController();
    const aborted = fit(interrupted, x, {
      ...options,
      epochs: 4,
      signal: stop.signal,
      onBatchEnd(batch, { epoch }) {
        if (epoch === 1 && batch === 2) stop.abort();
      },
    });
    await fails(() => aborted, 'AbortError', /abort/);
    const { model, history } = await loadCheckpoint(saveCheckpoint(interrupted));
    await fit(model, x, { ...options, epochs: 4, resume: history });
    sameBits(weightsOf(model), weightsOf(uninterrupted));
    equal([history.rate, history.valRate, history.loss], [expected.rate, expected.valRate, expected.loss]);
    const again = (await loadCheckpoint(saveCheckpoint(uninterrupted))).model;
    equal(evaluate(again, x), evaluate(uninterrupted, x));
    const { rate } = evaluate(uninterrupted, x);
    equal(evaluate(await loadModel(saveModel(uninterrupted)), x).rate, rate);
    // int8 rounds kernels, but not the prior.
    const prior = (await loadModel(saveModel(uninterrupted, { dtype: 'int8' }))).weights['latent.prior']!.data;
    sameBits(prior, uninterrupted.weights['latent.prior']!.data);
  },

  async 'a codec uses the learned prior, and writes about as many bits as the rate'(isthmus) {
    const { autoencoder, fit, evaluate, adam, createCodec, loadModel, saveModel } = isthmus;
    const m = await autoencoder(specOf(isthmus), { seed: 1 });
    const samples = sheetSamples(5000, size, 7);
    await fit(m, samples, { ...deterministicOptions, epochs: 12, optimizer: adam(0.01), rateWeight: 0.003 });
    const codec = await createCodec(m, samples.subarray(0, 20 * size), { step: 0.5 });
    const { rate } = evaluate(await loadModel(saveModel(m, { dtype: 'int8' })), samples);
    const bytes = codec.compress(samples);
    const [min, max] = [(rate! / 8) * 0.995, (rate! / 8) * 1.02 + 0.1];
    const bytesPerSample = bytes.length / 5000;
    ok(bytesPerSample > min && bytesPerSample < max, `${bytesPerSample} bytes a sample, ${rate! / 8} expected`);
    sameBits(codec.decompress(bytes), (await isthmus.loadCodec(codec.save())).decompress(bytes));
    // With another step, the frequency tables are counted on the samples.
    const coarse = (await createCodec(m, samples, { step: 1 })).compress(samples);
    ok(coarse.length < 0.9 * bytes.length, `${coarse.length} and ${bytes.length} bytes`);
  },

  async 'codes of images have a prior for each channel'(isthmus) {
    const { autoencoder, fit, evaluate, conv2d, conv2dTranspose, quantized, adam } = isthmus;
    const images = Float32Array.from({ length: 24 * 128 }, (_, i) => Math.sin(i * 0.1) * (1 + ((i >> 7) % 5)));
    const conv = { kernelSize: 3, strides: 2, padding: 'same' } as const;
    const spec = {
      input: [8, 8, 2],
      encoder: [conv2d({ filters: 3, ...conv })],
      latent: quantized(),
      decoder: [conv2dTranspose({ filters: 2, ...conv })],
    };
    const m = await autoencoder(spec, { seed: 1 });
    equal(m.weights['latent.prior']!.shape, [27]);
    const history = await fit(m, images, { epochs: 60, optimizer: adam(0.02), rateWeight: 0.1 });
    ok(history.loss[59]! < 0.7 * history.loss[0]!, `${history.loss}`);
    const minRate = 16 * entropy(m.encode(images), 3);
    const { rate } = evaluate(m, images);
    ok(rate! >= minRate && rate! < 1.3 * minRate + 4, `${rate} bits, the codes have ${minRate}`);
  },

  async 'a rateWeight is refused for a model without a quantized code'(isthmus) {
    const { autoencoder, fit, dense, sparse, addHead } = isthmus;
    const plain = await buildModel(isthmus);
    const wrong = (m: typeof plain, rateWeight: unknown, name: string, message: RegExp) =>
      fails(() => fit(m, x, { rateWeight } as never), name, message);
    await wrong(
      plain,
      0.1,
      'RangeError',
      /"rateWeight" expected a trainable model whose latent is quantized\(\).*got undefined/,
    );
    const other = { ...specOf(isthmus), latent: sparse({ l1: 0.1 }) };
    await wrong(await autoencoder(other), 0.1, 'RangeError', /latent is quantized\(\).*got "sparse"/);
    const m = await autoencoder(specOf(isthmus));
    await wrong(m, -1, 'RangeError', /"rateWeight" expected a number of at least 0, got -1/);
    await wrong(m, '1', 'TypeError', /"rateWeight" expected a number of at least 0, got "1"/);
    const head = await addHead(m, [dense({ units: 3, activation: 'softmax' })], { freeze: true });
    const labels = Uint8Array.from({ length: 200 }, (_, i) => i % 3);
    await fails(() => fit(head, x, { labels, rateWeight: 0.1 }), 'RangeError', /quantized\(\), got "a frozen one"/);
  },
};
