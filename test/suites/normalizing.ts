// `normalization`: statistics that `fit` learns from the data, and that travel with the model.
import { close, equal, fails, type Isthmus, numbers, ok, type Suite, sameBits, warnings } from './assert.ts';

type M = Awaited<ReturnType<Isthmus['autoencoder']>>;
type Spec = Parameters<Isthmus['autoencoder']>[0];

const channels = 5;
/** Sizes of the channels, and where they lie: a channel each that is small, usual, large, far from 0, and constant. */
const scales = [1e-3, 1, 1e4, 1, 0];
const centers = [0, 2, -3e4, 1e6, 0.7];
/** Two hidden causes; five channels that follow from them. */
function table(count: number, seed = 1): Float32Array<ArrayBuffer> {
  const [a, b] = [numbers(count, seed), numbers(count, seed + 1)];
  return Float32Array.from({ length: count * channels }, (_, k) => {
    const [r, c] = [Math.floor(k / channels), k % channels];
    const value = [a[r]!, b[r]!, a[r]! - b[r]!, 0.5 * a[r]! + b[r]!, 0][c]!;
    return centers[c]! + scales[c]! * value;
  });
}
const x = table(300);

/** Mean and standard deviation of each channel in float64, by two passes. */
function statistics(data: ArrayLike<number>, c = channels): { mean: number[]; deviation: number[] } {
  const n = data.length / c;
  const mean = Array.from({ length: c }, () => 0);
  const squares = Array.from({ length: c }, () => 0);
  for (let i = 0; i < data.length; i++) mean[i % c]! += data[i]! / n;
  for (let i = 0; i < data.length; i++) squares[i % c]! += (data[i]! - mean[i % c]!) ** 2 / n;
  return { mean, deviation: squares.map((s, i) => (s > 1e-24 * mean[i]! ** 2 ? Math.sqrt(s) : 0)) };
}

function checkStatistics(m: M, path: string, data: ArrayLike<number>, c = channels): void {
  const expected = statistics(data, c);
  const [mean, deviation] = [m.weights[`${path}.mean`]!.data, m.weights[`${path}.deviation`]!.data];
  for (let i = 0; i < c; i++) {
    const by = expected.deviation[i]!;
    ok(
      Math.abs(mean[i]! - expected.mean[i]!) <= 1e-6 * by + 6e-8 * Math.abs(expected.mean[i]!),
      `${path}: mean ${i} ${mean[i]}, expected ${expected.mean[i]}`,
    );
    ok(Math.abs(deviation[i]! - by) <= 1e-6 * by, `${path}: deviation ${i} ${deviation[i]}, expected ${by}`);
  }
}

const spec = (i: Isthmus, more: Partial<Spec> = {}): Spec => ({
  input: [channels],
  encoder: [i.normalization(), i.dense({ units: 8, activation: 'tanh' }), i.dense({ units: 2 })],
  decoder: [i.dense({ units: 8, activation: 'tanh' }), i.dense({ units: channels }), i.normalization({ invert: true })],
  ...more,
});
const build = (i: Isthmus, more?: Partial<Spec>) => i.autoencoder(spec(i, more), { seed: 2 });
const strict = { deterministic: true, batchSize: 50 } as const;
const identity = (i: Isthmus) => i.autoencoder({ input: [channels], encoder: [i.normalization()], decoder: [] });
const all = (m: M): number[] => Object.values(m.weights).flatMap(({ data }) => [...data]);

export const normalizing: Suite = {
  async 'fit learns mean and deviation of each channel before it trains, and nothing changes until then'(i) {
    const m = await build(i);
    equal(m.parameterCount, 5 * 8 + 8 + (8 * 2 + 2) + (2 * 8 + 8) + (8 * 5 + 5));
    sameBits((await identity(i)).encode(x), x, 'without statistics');
    ok(/encoder\.0 +normalization +\[5\] +10\n/.test(m.summary()), m.summary());
    await i.fit(m, x, strict);
    checkStatistics(m, 'encoder.0', x);
    checkStatistics(m, 'decoder.2', x);
    const one = await identity(i);
    one.setWeights({
      'encoder.0.mean': m.weights['encoder.0.mean']!,
      'encoder.0.deviation': m.weights['encoder.0.deviation']!,
    });
    const z = statistics(one.encode(x));
    // The mean of channel 3 is a float32 near 1e6, of which the next is 0.06 away.
    close(z.mean, [0, 0, 0, 0, 0], 0.06, 'means');
    close(z.deviation, [1, 1, 1, 1, 0], 1e-5, 'deviations');
    ok(
      one.encode(x).every((v, k) => k % channels !== 4 || v === 0),
      'a constant channel is 0',
    );
  },

  async 'it trains to the bits that a model without it has on data normalised beforehand, and says the same loss'(i) {
    const validation = table(40, 9);
    const common = {
      ...strict,
      epochs: 5,
      optimizer: i.adamw(0.01),
      clipNorm: 1,
      loss: { meanSquaredError: 1, huber: 0.5 },
    };
    const softmax = {
      encoder: [i.normalization(), i.dense({ units: 4, activation: 'softmax' }), i.dense({ units: 2 })],
    };
    const contractive = i.contractive({ weight: 0.1 });
    // Contractive penalties are exact behind dense layers, and along random directions behind a softmax.
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
      // The same first weights: which stream they come from depends on their number.
      plain.setWeights(renamed(await build(i, more)));
      const expected = await i.fit(plain, scaler.encode(x), { ...options, validationData: scaler.encode(validation) });
      equal(history.loss, expected.loss, 'losses');
      equal(history.valLoss, expected.valLoss, 'valLoss');
      sameBits(
        all(plain),
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

  async 'channels of 0.001, 1 and 10,000 train alike with the defaults'(i) {
    const explained = (m: M): number[] => {
      const y = m.reconstruct(x);
      const { mean } = statistics(x);
      return [0, 1, 2, 3].map((c) => {
        let [rest, whole] = [0, 0];
        for (let k = c; k < x.length; k += channels) {
          rest += (y[k]! - x[k]!) ** 2;
          whole += (x[k]! - mean[c]!) ** 2;
        }
        return 1 - rest / whole;
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

  async 'a second fit and a resumed one keep the statistics, unless they are asked for anew'(i) {
    const other = table(100, 77).map((v) => 3 * v + 1);
    const m = await build(i);
    await i.fit(m, x, { ...strict, adapt: false });
    equal(
      m.weights['encoder.0.deviation']!.data.every((v) => v === 1),
      true,
      'adapt: false learns none',
    );
    await i.fit(m, x, strict);
    await i.fit(m, other, strict);
    checkStatistics(m, 'encoder.0', x);
    checkStatistics(m, 'decoder.2', x);
    await i.fit(m, other, { ...strict, adapt: true });
    checkStatistics(m, 'encoder.0', other);
    checkStatistics(m, 'decoder.2', other);
    // Data that is normalised already counts as learnt too.
    const signs = Float32Array.from({ length: 100 }, (_, k) => (k % 2 ? 1 : -1));
    const one = await i.autoencoder({ input: [1], encoder: [i.normalization(), i.dense({ units: 1 })], decoder: [] });
    await i.fit(one, signs, strict);
    await i.fit(
      one,
      signs.map((v) => 5 * v + 2),
      strict,
    );
    close([...one.weights['encoder.0.mean']!.data, ...one.weights['encoder.0.deviation']!.data], [0, 1], 1e-7, 'signs');
    await fails(() => i.fit(m, x, { adapt: 'yes' as never }), 'TypeError', /"adapt" expected a boolean, got "yes"/);

    const options = { ...strict, epochs: 6, optimizer: i.adamw(0.01) };
    const whole = await build(i);
    const expected = await i.fit(whole, x, options);
    const half = await build(i);
    const file = i.saveCheckpoint(half, await i.fit(half, x, { ...options, epochs: 2 }));
    const back = await i.loadCheckpoint(file);
    const resumed = await i.fit(back.model, x, { ...options, resume: back.history });
    equal(resumed.loss, expected.loss, 'resumed');
    sameBits(all(back.model), all(whole), 'resumed');
  },

  async 'bytes, lists and streams give the same statistics; a stream is read once more, and must be one that can be'(
    i,
  ) {
    const bytes = Uint8Array.from({ length: 200 * 6 }, (_, k) => (k % 3 === 2 ? 37 : (k * 7919) % 251));
    const input = [2, 3];
    const make = () =>
      i.autoencoder(
        {
          input,
          encoder: [i.normalization(), i.flatten(), i.dense({ units: 3 })],
          decoder: [i.dense({ units: 6 }), i.reshape({ targetShape: input }), i.normalization({ invert: true })],
        },
        { seed: 1 },
      );
    const floats = Float32Array.from(bytes, (v) => v / 255);
    const [a, b, c] = [await make(), await make(), await make()];
    await i.fit(a, bytes, strict);
    checkStatistics(a, 'encoder.0', floats, 3);
    await i.fit(
      b,
      Array.from({ length: 200 }, (_, k) => floats.slice(6 * k, 6 * k + 6)),
      strict,
    );
    sameBits(b.weights['encoder.0.mean']!.data, a.weights['encoder.0.mean']!.data, 'a list');
    let opened = 0;
    const stream = async function* () {
      opened++;
      for (const [from, to] of [
        [0, 7],
        [7, 150],
        [150, 200],
      ] as const)
        yield bytes.subarray(6 * from, 6 * to);
    };
    await i.fit(c, stream, { ...strict, epochs: 2 });
    equal(opened, 3, 'times the stream was opened');
    close(c.weights['encoder.0.mean']!.data, a.weights['encoder.0.mean']!.data, 1e-7, 'a stream');
    close(c.weights['decoder.2.deviation']!.data, a.weights['decoder.2.deviation']!.data, 1e-7, 'a stream');
    await i.fit(c, stream(), strict);
    const fresh = await make();
    await fails(() => i.fit(fresh, stream(), strict), 'TypeError', /"x" expected a function that opens the stream/);
    equal(all(fresh), all(await make()), 'nothing has changed');
  },

  async 'layers adapt in order, each to what comes out of those before it, and those with invert to the targets'(i) {
    const m = await i.autoencoder(
      {
        input: [channels],
        encoder: [
          i.reshape({ targetShape: [channels, 1] }),
          i.normalization(),
          i.flatten(),
          i.normalization(),
          i.dense({ units: 2, activation: 'tanh' }),
          i.normalization(),
        ],
        decoder: [
          i.dense({ units: channels }),
          i.reshape({ targetShape: [channels, 1] }),
          i.normalization({ invert: true }),
          i.flatten(),
        ],
      },
      { seed: 3 },
    );
    const mild = numbers(1500, 4).map((v, k) => v * ((k % channels) + 1) + (k % channels));
    const targets = mild.map((v, k) => 2 * v + (k % channels));
    await i.fit(m, mild, { ...strict, targets, optimizer: i.sgd(1e-30) });
    checkStatistics(m, 'encoder.1', mild, 1);
    const first = statistics(mild, 1);
    checkStatistics(
      m,
      'encoder.3',
      mild.map((v) => (v - first.mean[0]!) / first.deviation[0]!),
    );
    checkStatistics(m, 'decoder.2', targets, 1);
    const code = statistics(m.encode(mild), 2);
    close([...code.mean, ...code.deviation], [0, 0, 1, 1], 1e-5, 'the code');
    const wrong = await i.autoencoder({
      input: [4, 1],
      encoder: [
        i.reshape({ targetShape: [2, 2] }),
        i.normalization({ invert: true }),
        i.activation({ activation: 'linear' }),
      ],
      decoder: [i.reshape({ targetShape: [4, 1] })],
    });
    await fails(
      () => i.fit(wrong, x.subarray(0, 40)),
      'RangeError',
      /"encoder\.1" expected 1 channels, as the output has, got 2/,
    );
  },

  async 'statistics stay exact in files of every type, in codecs and detectors, and in a head'(i) {
    const m = await build(i);
    await i.fit(m, x, { ...strict, epochs: 30, optimizer: i.adam(0.01) });
    for (const dtype of ['float32', 'float16', 'int8'] as const) {
      const loaded = await i.loadModel(i.saveModel(m, { dtype }));
      equal(loaded.spec, m.spec);
      for (const name of ['encoder.0.mean', 'encoder.0.deviation', 'decoder.2.mean', 'decoder.2.deviation'])
        sameBits(loaded.weights[name]!.data, m.weights[name]!.data, `${dtype}: ${name}`);
      if (dtype === 'float32') sameBits(loaded.reconstruct(x), m.reconstruct(x), 'reconstruct');
    }
    for (const options of [{ maxError: 0.5 }, { step: 0.05 }, { step: 0.05, dtype: 'float16' }] as const) {
      const codec = await i.createCodec(m, x, options);
      const packed = codec.compress(x);
      const loaded = await i.loadCodec(codec.save());
      equal(loaded.compress(x), packed, 'the same bytes');
      const y = loaded.decompress(packed);
      sameBits(y, codec.decompress(packed), 'the same values');
      if ('maxError' in options)
        ok(
          y.every((v, k) => Math.abs(v - x[k]!) <= 0.5),
          'within the bound',
        );
      else
        ok(
          y.every(
            (v, k) =>
              Math.abs(v - x[k]!) <= 2 * Math.max(scales[k % channels]!, 1e-6 * Math.abs(centers[k % channels]!)),
          ),
          'near',
        );
    }
    const detector = await i.anomalyDetector(m, table(200, 5), { falsePositiveRate: 0.05 });
    const strange = x.slice(0, channels);
    strange[0] = 0.02;
    ok(detector.detect(strange)[0], 'an anomaly of the smallest channel');
    sameBits((await i.loadDetector(detector.save())).score(x), detector.score(x), 'the detector');
    const head = await i.addHead(m, [i.normalization(), i.dense({ units: 2, activation: 'softmax' })], {
      freeze: true,
      seed: 1,
    });
    await i.fit(head, x, {
      ...strict,
      labels: Array.from({ length: 300 }, (_, k) => +(x[channels * k]! > 0)),
      epochs: 30,
      optimizer: i.adam(0.05),
    });
    sameBits(
      head.weights['encoder.0.mean']!.data,
      m.weights['encoder.0.mean']!.data,
      'a head keeps those of the encoder',
    );
    checkStatistics(head, 'head.0', m.encode(x), 2);
  },

  async 'a contractive penalty is of the whole encoder where normalization stands on a path around which the input goes'(
    i,
  ) {
    const mild = numbers(500, 4);
    // Not adapted it changes nothing, so that the path without it has the same penalty, to the bit.
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
      return (await i.fit(m, mild, { ...strict, epochs: 3, adapt: false })).loss;
    };
    const dense = i.dense({ units: channels });
    equal(await run([i.normalization(), dense]), await run([dense]));
  },

  async 'running statistics of batches are as exact in files: a variance may be larger than float16 holds'(i) {
    const m = await i.autoencoder({
      input: [2],
      encoder: [i.batchNormalization({ momentum: 0 }), i.dense({ units: 2 })],
      decoder: [],
    });
    await i.fit(
      m,
      Float32Array.from({ length: 40 }, (_, k) => 1e4 * k + 1),
      { batchSize: 20, epochs: 3 },
    );
    ok(m.weights['encoder.0.movingVariance']!.data[0]! > 65504, 'a large variance');
    for (const dtype of ['float16', 'int8'] as const) {
      const { weights } = await i.loadModel(i.saveModel(m, { dtype }));
      for (const name of ['movingMean', 'movingVariance'])
        sameBits(weights[`encoder.0.${name}`]!.data, m.weights[`encoder.0.${name}`]!.data, name);
    }
  },

  async 'losses that need probabilities, and an abort while it reads, leave all as it was'(i) {
    const m = await build(i);
    const before = all(m);
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
    // An activation in front of the inverse that cannot reach normalised values is told of, once for each model.
    for (const activation of ['sigmoid', 'linear'] as const) {
      const ends = [i.dense({ units: channels, activation }), i.normalization({ invert: true })];
      const bounded = await build(i, { decoder: ends });
      const said = await warnings(async () => {
        await i.fit(bounded, x, strict);
        await i.fit(bounded, x, strict);
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
    equal(all(m), before);
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

  async 'images, odd sides, noise, bottlenecks and penalties go with it'(i) {
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
        ...strict,
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

/** Weights of a model with `normalization` first and last, by their names without. */
function renamed(m: M): M['weights'] {
  return Object.fromEntries(
    Object.entries(m.weights)
      .filter(([name]) => !/mean|deviation/.test(name))
      .map(([name, weight]) => [name.replace(/^encoder\.(\d)/, (_, k) => `encoder.${k - 1}`), weight]),
  );
}
