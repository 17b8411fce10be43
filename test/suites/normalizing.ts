// `normalization`: statistics that `fit` computes from the data and that are stored with the model.
import { close, equal, fails, numbers, ok, type Suite, sameBits } from './assert.ts';
import {
  build,
  channels,
  checkStatistics,
  deterministicOptions,
  identity,
  statistics,
  table,
  weightsOf,
  x,
} from './normalizing-data.ts';

export const normalizing: Suite = {
  async 'fit computes the mean and deviation of each channel before it trains; before that normalization is the identity'(
    i,
  ) {
    const m = await build(i);
    equal(m.parameterCount, 5 * 8 + 8 + (8 * 2 + 2) + (2 * 8 + 8) + (8 * 5 + 5));
    sameBits((await identity(i)).encode(x), x, 'without statistics');
    ok(/encoder\.0 +normalization +\[5\] +10\n/.test(m.summary()), m.summary());
    await i.fit(m, x, deterministicOptions);
    checkStatistics(m, 'encoder.0', x);
    checkStatistics(m, 'decoder.2', x);
    const one = await identity(i);
    one.setWeights({
      'encoder.0.mean': m.weights['encoder.0.mean']!,
      'encoder.0.deviation': m.weights['encoder.0.deviation']!,
    });
    const z = statistics(one.encode(x));
    // The mean of channel 3 is near 1e6, where neighboring float32 values differ by 0.06.
    close(z.mean, [0, 0, 0, 0, 0], 0.06, 'means');
    close(z.deviation, [1, 1, 1, 1, 0], 1e-5, 'deviations');
    ok(
      one.encode(x).every((v, k) => k % channels !== 4 || v === 0),
      'a constant channel is 0',
    );
  },

  async 'a second fit and a resumed one keep the statistics, unless adapt: true recomputes them'(i) {
    const other = table(100, 77).map((v) => 3 * v + 1);
    const m = await build(i);
    await i.fit(m, x, { ...deterministicOptions, adapt: false });
    equal(
      m.weights['encoder.0.deviation']!.data.every((v) => v === 1),
      true,
      'adapt: false learns none',
    );
    await i.fit(m, x, deterministicOptions);
    await i.fit(m, other, deterministicOptions);
    checkStatistics(m, 'encoder.0', x);
    checkStatistics(m, 'decoder.2', x);
    await i.fit(m, other, { ...deterministicOptions, adapt: true });
    checkStatistics(m, 'encoder.0', other);
    checkStatistics(m, 'decoder.2', other);
    // Statistics of data that is already normalized count as learned.
    const signs = Float32Array.from({ length: 100 }, (_, k) => (k % 2 ? 1 : -1));
    const one = await i.autoencoder({ input: [1], encoder: [i.normalization(), i.dense({ units: 1 })], decoder: [] });
    await i.fit(one, signs, deterministicOptions);
    await i.fit(
      one,
      signs.map((v) => 5 * v + 2),
      deterministicOptions,
    );
    close([...one.weights['encoder.0.mean']!.data, ...one.weights['encoder.0.deviation']!.data], [0, 1], 1e-7, 'signs');
    await fails(() => i.fit(m, x, { adapt: 'yes' as never }), 'TypeError', /"adapt" expected a boolean, got "yes"/);

    const options = { ...deterministicOptions, epochs: 6, optimizer: i.adamw(0.01) };
    const uninterrupted = await build(i);
    const expected = await i.fit(uninterrupted, x, options);
    const half = await build(i);
    const file = i.saveCheckpoint(half, await i.fit(half, x, { ...options, epochs: 2 }));
    const back = await i.loadCheckpoint(file);
    const resumed = await i.fit(back.model, x, { ...options, resume: back.history });
    equal(resumed.loss, expected.loss, 'resumed');
    sameBits(weightsOf(back.model), weightsOf(uninterrupted), 'resumed');
  },

  async 'bytes, lists and streams give the same statistics, and a stream must be readable twice'(i) {
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
    await i.fit(a, bytes, deterministicOptions);
    checkStatistics(a, 'encoder.0', floats, 3);
    await i.fit(
      b,
      Array.from({ length: 200 }, (_, k) => floats.slice(6 * k, 6 * k + 6)),
      deterministicOptions,
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
    await i.fit(c, stream, { ...deterministicOptions, epochs: 2 });
    equal(opened, 3, 'times the stream was opened');
    close(c.weights['encoder.0.mean']!.data, a.weights['encoder.0.mean']!.data, 1e-7, 'a stream');
    close(c.weights['decoder.2.deviation']!.data, a.weights['decoder.2.deviation']!.data, 1e-7, 'a stream');
    await i.fit(c, stream(), deterministicOptions);
    const fresh = await make();
    await fails(
      () => i.fit(fresh, stream(), deterministicOptions),
      'TypeError',
      /"x" expected a function that opens the stream/,
    );
    equal(weightsOf(fresh), weightsOf(await make()), 'nothing has changed');
  },

  async 'normalization layers adapt in order, each to the output of the layers before it, and inverse ones to the targets'(
    i,
  ) {
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
    await i.fit(m, mild, { ...deterministicOptions, targets, optimizer: i.sgd(1e-30) });
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
};
