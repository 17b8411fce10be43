// `normalization` in training: losses, gradients, penalties and other layers.
import { close, equal, fails, numbers, ok, type Suite, sameBits, warnings } from './assert.ts';
import {
  build,
  channels,
  checkStatistics,
  deterministicOptions,
  identity,
  type M,
  renamed,
  type Spec,
  spec,
  statistics,
  table,
  weightsOf,
  x,
} from './normalizing-data.ts';

export const normalizingRuns: Suite = {
  async 'a model with normalization has the weights, to the bit, and the loss of one without on normalized data'(i) {
    const validation = table(40, 9);
    const common = {
      ...deterministicOptions,
      epochs: 5,
      optimizer: i.adamw(0.01),
      clipNorm: 1,
      loss: { meanSquaredError: 1, huber: 0.5 },
    };
    const softmax = {
      encoder: [i.normalization(), i.dense({ units: 4, activation: 'softmax' }), i.dense({ units: 2 })],
    };
    const contractive = i.contractive({ weight: 0.1 });
    // Contractive penalties are exact after dense layers, and use random directions after a softmax.
    for (const [more, option] of [
      [{}, {}],
      [{}, { contractive }],
      [softmax, { contractive }],
    ] as const) {
      const options = { ...common, ...option, validationData: validation };
      const m = await build(i, more);
      const history = await i.fit(m, x, options);
      const scaler = await identity(i);
      const { weights } = m;
      const [mean, deviation] = [weights['encoder.0.mean']!, weights['encoder.0.deviation']!];
      scaler.setWeights({ 'encoder.0.mean': mean, 'encoder.0.deviation': deviation });
      const { encoder, decoder } = spec(i, more);
      const inner = { input: [channels], encoder: encoder.slice(1), decoder: decoder!.slice(0, -1) };
      const plain = await i.autoencoder(inner, { seed: 2 });
      // The same initial weights: their random stream depends on the index of the layer.
      plain.setWeights(renamed(await build(i, more)));
      const expected = await i.fit(plain, scaler.encode(x), { ...options, validationData: scaler.encode(validation) });
      equal(history.loss, expected.loss, 'losses');
      equal(history.valLoss, expected.valLoss, 'valLoss');
      sameBits(
        weightsOf(plain),
        Object.values(renamed(m)).flatMap(({ data }) => [...data]),
        'weights',
      );
      const ours = plain
        .reconstruct(scaler.encode(x))
        .map((v, k) => v * deviation.data[k % channels]! + mean.data[k % channels]!);
      close(m.reconstruct(x), ours, 1e-6, 'reconstructions');
      const measured = i.evaluate(m, validation);
      equal(measured.loss, i.evaluate(plain, scaler.encode(validation)).loss, 'evaluate measures the loss as fit does');
      const error =
        m.reconstruct(validation).reduce((sum, v, k) => sum + (v - validation[k]!) ** 2, 0) / validation.length;
      close([measured.meanSquaredError / error], [1], 1e-4, 'and errors by name in the units of the data');
    }
  },

  async 'channels of the scales 0.001, 1 and 10,000 train equally well with the defaults'(i) {
    const explained = (m: M): number[] => {
      const y = m.reconstruct(x);
      const { mean } = statistics(x);
      return [0, 1, 2, 3].map((c) => {
        let [residual, total] = [0, 0];
        for (let k = c; k < x.length; k += channels) {
          residual += (y[k]! - x[k]!) ** 2;
          total += (x[k]! - mean[c]!) ** 2;
        }
        return 1 - residual / total;
      });
    };
    const m = await build(i);
    await i.fit(m, x, { epochs: 100 });
    const shares = explained(m);
    ok(
      shares.every((share) => share > 0.97),
      `with: ${shares}`,
    );
    const { encoder, decoder } = spec(i);
    const without = await i.autoencoder(
      { input: [channels], encoder: encoder.slice(1), decoder: decoder!.slice(0, -1) },
      { seed: 2 },
    );
    await i.fit(without, x, { epochs: 100 });
    ok(
      explained(without).some((share) => share < 0),
      `without: ${explained(without)}`,
    );
  },

  async 'a contractive penalty covers the whole encoder where normalization is inside a residual branch'(i) {
    const mild = numbers(500, 4);
    // Without adapted statistics normalization is the identity, so a branch without it has the same penalty to the bit.
    const run = async (layers: Spec['encoder']): Promise<readonly number[]> => {
      const encoder = [i.residual({ layers }), i.activation({ activation: 'tanh' })];
      const m = await i.autoencoder(
        { input: [channels], encoder, latent: i.contractive({ weight: 0.1 }), decoder: [i.dense({ units: channels })] },
        { seed: 1 },
      );
      const weights = Object.entries(m.weights).filter(([name]) => /kernel|bias/.test(name));
      m.setWeights(
        Object.fromEntries(
          weights.map(([name, { shape, data }], k) => [name, { shape, data: numbers(data.length, k + 1) }]),
        ),
      );
      return (await i.fit(m, mild, { ...deterministicOptions, epochs: 3, adapt: false })).loss;
    };
    const dense = i.dense({ units: channels });
    equal(await run([i.normalization(), dense]), await run([dense]));
  },

  async 'a loss that needs probabilities, and an abort while statistics are computed, leave the model unchanged'(i) {
    const m = await build(i);
    const before = weightsOf(m);
    await fails(
      () =>
        i.fit(
          m,
          x.map((_, k) => (k % 7) / 7),
          { loss: 'binaryCrossentropy' },
        ),
      'RangeError',
      /"loss" expected an error, as targets are normalised, got "binaryCrossentropy"/,
    );
    await fails(() => i.evaluate(m, x, { loss: 'binaryCrossentropy' }), 'RangeError', /"loss" expected an error/);
    // An activation before the inverse whose range does not include normalized values causes one warning for each model.
    for (const activation of ['sigmoid', 'linear'] as const) {
      const ends = [i.dense({ units: channels, activation }), i.normalization({ invert: true })];
      const bounded = await build(i, { decoder: ends });
      const said = await warnings(async () => {
        await i.fit(bounded, x, deterministicOptions);
        await i.fit(bounded, x, deterministicOptions);
      });
      const told = /targets are normalised.* the output's sigmoid reaches 0\.\.1.* end in 'linear'/;
      equal(said.length, activation === 'sigmoid' ? 1 : 0, `${said}`);
      ok(
        said.every((message) => told.test(message)),
        `${said}`,
      );
    }
    const controller = new AbortController();
    const stream = async function* () {
      yield x;
      controller.abort(new Error('enough'));
      yield x;
    };
    await fails(() => i.fit(m, stream, { signal: controller.signal }), 'Error', /enough/);
    equal(weightsOf(m), before);
    await fails(
      () => i.normalization({ invert: 1 as never }),
      'TypeError',
      /"normalization.invert" expected a boolean/,
    );
    await fails(
      () => i.normalization({ axis: -1 } as never),
      'TypeError',
      /expected no other options than type, invert/,
    );
  },

  async 'normalization works with images, odd side lengths, noise, bottlenecks and penalties'(i) {
    const input = [5, 7, 2];
    const size = 70;
    const pictures = numbers(40 * size, 3).map((v, k) => (k % 2 ? 1e3 + 50 * v : 0.01 * v));
    const base = i.convAutoencoder({ input, latent: 4, filters: [3, 4], output: 'linear' });
    const specs: Spec[] = [
      {
        ...base,
        encoder: [i.normalization(), i.gaussianNoise({ stddev: 0.1 }), ...base.encoder],
        decoder: [...base.decoder!, i.normalization({ invert: true })],
      },
      {
        input,
        encoder: [
          i.normalization(),
          i.residual({ layers: [i.conv2d({ filters: 2, kernelSize: 3, padding: 'same' })] }),
          i.normalization({ invert: true }),
        ],
        decoder: [],
      },
      {
        ...base,
        encoder: [i.normalization(), ...base.encoder],
        latent: i.variational({ units: 3, beta: 0.01 }),
        decoder: [...base.decoder!, i.normalization({ invert: true })],
      },
      {
        ...base,
        encoder: [i.normalization(), ...base.encoder],
        latent: i.contractive({ weight: 0.01 }),
        decoder: [...base.decoder!, i.normalization({ invert: true })],
      },
      {
        ...base,
        encoder: [i.normalization(), ...base.encoder],
        latent: i.quantized({ step: 0.1 }),
        decoder: [...base.decoder!, i.normalization({ invert: true })],
      },
    ];
    for (const one of specs) {
      const m = await i.autoencoder(one, { seed: 1 });
      const options = {
        ...deterministicOptions,
        epochs: 8,
        optimizer: i.adam(0.01),
        validationData: pictures.subarray(0, 7 * size),
        augment: i.flip({ horizontal: true }),
        loss: { meanSquaredError: 1, huber: 0.5 },
      };
      const history = await i.fit(m, pictures, options);
      ok(history.loss[7]! < history.loss[0]! && history.loss[0]! < 5, `${one.latent?.type}: ${history.loss}`);
      ok(
        history.valLoss.every((v) => v < 5),
        `${history.valLoss}`,
      );
      checkStatistics(m, 'encoder.0', pictures, 2);
      const loaded = await i.loadModel(i.saveModel(m));
      sameBits(loaded.reconstruct(pictures), m.reconstruct(pictures), 'loaded');
      if (one.latent?.type === 'variational')
        ok(Number.isFinite(i.evaluate(m, pictures, { draws: 2, loss: 'meanSquaredError' }).elbo), 'elbo');
    }
  },
};
