import type { FitOptions, Samples } from 'isthmus';
import { equal, fails, type Isthmus, ok, type Suite, warnings } from './assert.ts';
import { buildModel, size, x } from './small-model.ts';

const count = x.length / size;
/** Samples around 0, of which most values are outside 0..1. */
const standardized = x.map((v) => 4 * (v - 0.5));
/** The samples with `value` at index 5 of sample 3. */
const withValue = (value: number): Float32Array<ArrayBuffer> => x.map((v, i) => (i === 3 * size + 5 ? value : v));

const ending = (
  { autoencoder, dense, activation }: Isthmus,
  last: 'sigmoid' | 'tanh' | 'relu' | 'softplus' | 'linear',
  separate = false,
) =>
  autoencoder(
    {
      input: [size],
      encoder: [dense({ units: 8 })],
      decoder: separate
        ? [dense({ units: size }), activation({ activation: last })]
        : [dense({ units: size, activation: last })],
    },
    { seed: 1 },
  );

/** Targets outside the range of the loss, or of the activation of the output. */
export const ranges: Suite = {
  async 'binary cross-entropy refuses targets outside 0..1, given by any option'(i) {
    const loss = 'binaryCrossentropy' as const;
    const m = await buildModel(i);
    for (const terms of [loss, { meanSquaredError: 1, binaryCrossentropy: 0.1 }])
      for (const value of [-0.01, 1.01, -5, 1e20]) {
        const bad = withValue(value);
        const chunks = async function* () {
          yield x.subarray(0, 2 * size);
          yield bad;
        };
        const list = Array.from({ length: count }, (_, r) => [...bad.subarray(r * size, (r + 1) * size)]);
        const cases: [string, () => unknown][] = [
          ['x', () => i.fit(m, bad, { loss: terms })],
          ['x', () => i.fit(m, list, { loss: terms })],
          ['x', () => i.fit(m, chunks, { loss: terms })],
          ['x', () => i.fit(m, bad, { loss: terms, validationSplit: 0.1 })],
          ['targets', () => i.fit(m, x, { loss: terms, targets: bad })],
          ['validationData', () => i.fit(m, x, { loss: terms, validationData: bad })],
          ['validationTargets', () => i.fit(m, x, { loss: terms, validationData: x, validationTargets: bad })],
          ['x', () => i.evaluate(m, bad, { loss: terms })],
          ['targets', () => i.evaluate(m, x, { loss: terms, targets: bad })],
        ];
        for (const [name, run] of cases)
          await fails(
            run,
            'RangeError',
            new RegExp(`"${name}\\[3\\]\\[5\\]" expected 0\\.\\.1 for binaryCrossentropy \\(scale it, .*got `),
          );
      }
    const before = i.saveModel(m);
    await fails(() => i.fit(m, standardized, { loss }), 'RangeError', /"x\[0\]\[\d+\]" expected 0\.\.1/);
    equal([...i.saveModel(m)], [...before], 'the weights did not change');
    // Values within 0..1 are accepted as targets, and any values as inputs.
    for (const value of [0, 1, 1 + 1e-6]) await i.fit(m, withValue(value), { loss });
    await i.fit(
      m,
      Uint8Array.from(x, (v) => v * 255),
      { loss, validationSplit: 0.2 },
    );
    await i.fit(m, standardized, { loss, targets: x, validationData: standardized, validationTargets: x });
  },

  async 'augmentations of samples that are also the targets of a cross-entropy must clip to 0..1'(i) {
    const m = await buildModel(i);
    const loss = 'binaryCrossentropy' as const;
    for (const options of [{ delta: 0.5 }, { delta: 0.5, clip: [-1, 1] as const }])
      await fails(
        () => i.fit(m, x, { loss, augment: i.brightness(options) }),
        'RangeError',
        /"augment\[0\]" expected brightness with clip: \[0, 1\] for binaryCrossentropy/,
      );
    await i.fit(m, x, { loss, augment: i.brightness({ delta: 0.5, clip: [0, 1] }) });
    await i.fit(m, x, { loss, augment: i.brightness({ delta: 0.5 }), targets: x });
    await i.fit(m, x, { augment: i.brightness({ delta: 0.5 }) });
  },

  async 'categorical cross-entropy refuses targets that are not probabilities with sum 1'(i) {
    const classes = 4;
    const head = await i.addHead(await buildModel(i), [i.dense({ units: classes, activation: 'softmax' })], {
      seed: 1,
    });
    const row = (...values: number[]) =>
      Array.from({ length: count }, (_, r) => (r === 3 ? values : [0.1, 0.2, 0.3, 0.4]));
    const wrong = (targets: Samples, message: RegExp) =>
      fails(() => i.fit(head, x, { targets }), 'RangeError', message);
    await wrong(row(-0.5, 0.5, 0.5, 0.5), /"targets\[3\]\[0\]" expected 0\.\.1 for categoricalCrossentropy/);
    await wrong(row(0, 2, 0, 0), /"targets\[3\]\[1\]" expected 0\.\.1 for categoricalCrossentropy/);
    await wrong(row(0.5, 0.5, 0.5, 0.5), /"targets\[3\]" expected a sum of 1 for categoricalCrossentropy, got 2/);
    await wrong(row(0.5, 0, 0, 0), /a sum of 1 for categoricalCrossentropy, got 0\.5/);
    // A target of zeros: a sample without a class.
    await i.fit(head, x, { targets: row(0, 0, 0, 0) });
    const bytes = Uint8Array.from({ length: count * classes }, (_, k) => (k % classes ? 51 : 102));
    await i.fit(head, x, { targets: bytes });
    await i.fit(head, x, { targets: row(1, 0, 0, 0), validationSplit: 0.1 });
    bytes[7] = 200;
    await wrong(bytes, /"targets\[1\]" expected a sum of 1/);
    await i.fit(head, x, { labels: Array(count).fill(2) });
    const loss = 'categoricalCrossentropy' as const;
    await fails(
      () => i.evaluate(head, x, { targets: row(2, 0, 0, 0), loss }),
      'RangeError',
      /"targets\[3\]\[0\]" expected/,
    );
  },

  async 'targets outside the range of the output give one warning for each model'(i) {
    const tell = async (
      last: 'sigmoid' | 'tanh' | 'relu' | 'softplus' | 'linear',
      data: Samples,
      options: FitOptions = {},
    ) => {
      const m = await ending(i, last, options.epochs === 2);
      return warnings(async () => {
        await i.fit(m, data as Float32Array, options);
        await i.fit(m, data as Float32Array, options);
      });
    };
    for (const separate of [{}, { epochs: 2 }]) {
      for (const last of ['sigmoid', 'tanh', 'relu', 'softplus'] as const) {
        const [said, ...more] = await tell(last, standardized, separate);
        const expected = new RegExp(
          `^isthmus: "x" has values of -\\d.*\\.\\.\\d.*, but the output's ${last} reaches .* end in 'linear'$`,
        );
        ok(expected.test(said ?? ''), `${last}: ${said}`);
        equal(more, [], `${last}: once`);
      }
      equal(await tell('linear', standardized, separate), [], 'linear');
    }
    const chunks = (async function* () { yield standardized; }) as never; // biome-ignore format: short
    equal((await tell('sigmoid', chunks)).length, 1, 'a stream');
    equal((await tell('sigmoid', x, { targets: standardized })).length, 1, 'targets');
    equal((await tell('sigmoid', x, { validationSplit: 0.1 })).length, 0, 'targets within the range');
    for (const last of ['sigmoid', 'tanh', 'relu'] as const)
      equal(await tell(last, x), [], `${last}: targets within its range`);
    equal(
      await tell(
        'tanh',
        x.map((v) => 2 * v - 1),
      ),
      [],
      'tanh of -1..1',
    );
    equal(
      await tell(
        'sigmoid',
        Uint8Array.from(x, (v) => v * 255),
      ),
      [],
      'bytes',
    );
    equal(await tell('sigmoid', standardized, { targets: x }), [], 'samples outside, targets within the range');
    // Without a softmax, all outputs would grow to 1.
    const shares = Float32Array.from({ length: size * 20 }, (_, k) => +(k % size === 0));
    const categorical = { loss: 'categoricalCrossentropy' } as const;
    const [said, ...more] = await tell('sigmoid', shares, categorical);
    ok(
      /^isthmus: categoricalCrossentropy .* end in 'softmax', not in 'sigmoid'$/.test(said ?? ''),
      `categorical: ${said}`,
    );
    equal(more, [], 'categorical: once');
  },
};
