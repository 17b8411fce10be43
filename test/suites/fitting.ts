import type { FitOptions, Samples } from 'isthmus';
import { close, equal, fails, ok, type Suite, sameBits, warnings } from './assert.ts';
import { buildModel, deterministicOptions, size, weightsOf, x } from './small-model.ts';

const count = x.length / size;
const rows = Array.from({ length: count }, (_, i) => x.subarray(i * size, (i + 1) * size));
const labels = rows.map((row) => (row[0]! > 0.5 ? 1 : 0) + (row[9]! > 0.5 ? 2 : 0));

/** Validation splits, sample weights, `dropLast` and resumed runs. */
export const fitting: Suite = {
  async 'validationSplit keeps the last samples for validation, with their targets and labels'(i) {
    const first = 150;
    const [head, tail] = [x.subarray(0, first * size), x.subarray(first * size)];
    const bytes = Uint8Array.from(x, (v) => v * 255);
    const [low, high] = [bytes.subarray(0, first * size), bytes.subarray(first * size)];
    const cases: [Samples, FitOptions, Samples, FitOptions][] = [
      [x, {}, head, { validationData: tail }],
      [rows, {}, head, { validationData: tail }],
      [bytes, { targets: rows }, low, { targets: head, validationData: high, validationTargets: tail }],
    ];
    const stopping = { ...deterministicOptions, epochs: 6, earlyStopping: { patience: 2 } };
    for (const [data, options, ...same] of cases) {
      const [a, b] = [await buildModel(i), await buildModel(i)];
      const one = await i.fit(a, data, { ...stopping, ...options, validationSplit: 0.25 });
      const other = await i.fit(b, same[0], { ...stopping, ...same[1] });
      equal([one.loss, one.valLoss, one.bestEpoch], [other.loss, other.valLoss, other.bestEpoch]);
      sameBits(weightsOf(a), weightsOf(b), 'weights');
    }
    const head4 = async () =>
      i.addHead(await buildModel(i), [i.dense({ units: 4, activation: 'softmax' })], { seed: 1 });
    const [a, b] = [await head4(), await head4()];
    const one = await i.fit(a, x, { ...deterministicOptions, labels, validationSplit: 0.25 });
    const [trainingLabels, validationLabels] = [labels.slice(0, first), labels.slice(first)];
    const other = await i.fit(b, head, {
      ...deterministicOptions,
      labels: trainingLabels,
      validationData: tail,
      validationLabels,
    });
    equal(one.valLoss, other.valLoss, 'labels');
    sameBits(weightsOf(a), weightsOf(b), 'weights of a head');
  },

  async 'validationSplit is refused for streams, with validationData, and where a part would be empty'(i) {
    const m = await buildModel(i);
    const wrong = (options: object, name: string, message: RegExp, data: unknown = x) =>
      fails(() => i.fit(m, data as never, options), name, message);
    for (const share of [0, 1, -0.1, Number.NaN])
      await wrong({ validationSplit: share }, 'RangeError', /"validationSplit" expected a number in \(0, 1\)/);
    await wrong({ validationSplit: 0.99 }, 'RangeError', /"validationSplit" expected .* to train on/, rows.slice(0, 3));
    await wrong(
      { validationSplit: 0.2, validationData: x },
      'RangeError',
      /"validationSplit" expected no validationData/,
    );
    await wrong(
      { validationSplit: 0.2 },
      'RangeError',
      /"validationSplit" expected x in memory/,
      async function* () {},
    );
    await wrong({ validationSplit: 0.2, targets: x.subarray(size) }, 'RangeError', /"targets" expected 200 samples/);
    await wrong({ validationSplit: 0.2, validationTargets: x }, 'RangeError', /validationData/);
  },

  async 'sampleWeight multiplies the loss of each sample'(i) {
    const weights = rows.map((_, r) => (r % 5 ? (r % 7) / 3 : 0));
    const losses = async (epochs: number, options: FitOptions) => {
      const m = await buildModel(i);
      const history = await i.fit(m, x, { ...deterministicOptions, epochs, optimizer: i.sgd(0.5), ...options });
      return { m, history };
    };
    const plain = await losses(3, {});
    const ones = await losses(3, { sampleWeight: new Float32Array(count).fill(1) });
    sameBits(weightsOf(ones.m), weightsOf(plain.m), 'weights of 1');
    close(ones.history.loss, plain.history.loss, 1e-6, 'losses');
    const twos = await losses(3, { sampleWeight: Array(count).fill(2), optimizer: i.sgd(0.25) });
    sameBits(weightsOf(twos.m), weightsOf(plain.m), 'weights of 2 at half the rate');
    close(
      twos.history.loss,
      plain.history.loss.map((loss) => 2 * loss),
      1e-6,
      'twice the loss',
    );
    // The initial loss of each sample, from a batch that changes the weights by almost nothing.
    const fresh = await buildModel(i);
    for (const loss of ['meanSquaredError', 'binaryCrossentropy', { huber: 1, meanAbsoluteError: 0.5 }] as const) {
      const each = rows.map((row) => i.evaluate(fresh, row, { loss }).loss);
      const mean = (from: number, to: number) =>
        each.slice(from, to).reduce((sum, value, r) => sum + value * weights[from + r]!, 0) / (to - from);
      const one = { loss, batchSize: count, optimizer: i.sgd(1e-30), sampleWeight: weights };
      close((await losses(1, one)).history.loss, [mean(0, count)], 1e-5, 'the weighted loss');
      const { history } = await losses(1, { ...one, validationSplit: 0.3 });
      close(history.loss, [mean(0, 140)], 1e-5, 'of the first');
      close(history.valLoss, [mean(140, count)], 1e-5, 'of the validation data');
    }
  },

  async 'samples with a weight of 0 do not change the weights of the model, in any batch'(i) {
    const bad = rows.map((row, r) => (r % 4 ? row : row.map((v) => 1 - v)));
    const sampleWeight = rows.map((_, r) => (r % 4 ? 4 / 3 : 0));
    const good = rows.filter((_, r) => r % 4);
    const [a, b] = [await buildModel(i), await buildModel(i)];
    const options = { ...deterministicOptions, epochs: 30, optimizer: i.sgd(1) };
    await i.fit(a, bad, { ...options, batchSize: count, sampleWeight });
    await i.fit(b, good, { ...options, batchSize: count });
    close(weightsOf(a), weightsOf(b), 1e-4, 'weights');
    const c = await buildModel(i);
    await i.fit(c, bad, { ...options, epochs: 60, batchSize: 20, sampleWeight });
    ok(i.evaluate(c, good).loss < i.evaluate(b, good).loss, 'in small batches');
  },

  async 'sampleWeight is refused for a wrong type, length or value'(i) {
    const m = await buildModel(i);
    const wrong = (sampleWeight: unknown, name: string, message: RegExp, data: unknown = x) =>
      fails(() => i.fit(m, data as never, { sampleWeight: sampleWeight as number[] }), name, message);
    const ones = Array(count).fill(1);
    for (const value of [5, null, {}])
      await wrong(value, 'TypeError', /"sampleWeight" expected a list of numbers, got /);
    await wrong([], 'RangeError', /"sampleWeight" expected 200 weights, as many as x has, got 0/);
    await wrong(ones.slice(1), 'RangeError', /"sampleWeight" expected 200 weights, as many as x has, got 199/);
    for (const value of [-1, Number.NaN, Infinity, 1e300])
      await wrong(
        [...ones.slice(1), value],
        'RangeError',
        /"sampleWeight\[199\]" expected a number of at least 0 that float32 holds, got /,
      );
    for (const value of ['1', null, undefined])
      await wrong(
        [...ones.slice(1), value],
        'TypeError',
        /"sampleWeight\[199\]" expected a number of at least 0 that float32 holds, got /,
      );
    await wrong(ones, 'RangeError', /"sampleWeight" expected no weights for a stream/, async function* () {});
  },

  async 'dropLast skips the last batch if it is incomplete'(i) {
    const options = { ...deterministicOptions, epochs: 3, batchSize: 32, shuffle: false };
    async function* chunks() {
      for (let at = 0; at < count; at += 30) yield x.subarray(at * size, Math.min(count, at + 30) * size);
    }
    const expected = await buildModel(i);
    await i.fit(expected, x.subarray(0, 192 * size), options);
    for (const data of [x, chunks]) {
      const m = await buildModel(i);
      const sizes: number[] = [];
      const onBatchEnd = (_: number, logs: { size: number; batches: number | undefined }) => {
        sizes.push(logs.size);
        equal(logs.batches, data === x ? 6 : undefined);
      };
      const history = await i.fit(m, data, { ...options, dropLast: true, onBatchEnd });
      equal([history.step, ...new Set(sizes)], [18, 32]);
      sameBits(weightsOf(m), weightsOf(expected), 'weights');
    }
    const m = await buildModel(i);
    await i.fit(m, x, { dropLast: true, batchSize: count });
    equal(m.history!.step, 1, 'all samples are one full batch');
    for (const data of [x, chunks]) {
      const run = () => i.fit(m, data, { dropLast: true, batchSize: 1000 });
      await fails(run, 'RangeError', /"x" expected 1000 samples or more with dropLast, got 200/);
    }
    const split = () => i.fit(m, x, { dropLast: true, batchSize: 150, validationSplit: 0.5 });
    await fails(split, 'RangeError', /"x" expected 150 samples or more with dropLast, got 100/);
  },

  async 'resume: true resumes a stopped run of the model, with the results of an uninterrupted run'(i) {
    const options = { ...deterministicOptions, epochs: 4, batchSize: 32, validationData: x, dropLast: true };
    const uninterrupted = await buildModel(i);
    equal(uninterrupted.history, undefined, 'no history yet');
    const expected = await i.fit(uninterrupted, x, options);
    ok(uninterrupted.history === expected, 'the history of the last fit');
    for (const byFile of [false, true]) {
      let m = await buildModel(i);
      for (const stop of [2, 3, 6, 5]) {
        const controller = new AbortController();
        let batches = 0;
        const onBatchEnd = () => ++batches === stop && controller.abort(new Error('stop'));
        const resume = stop === 2 ? {} : { resume: true };
        await fails(
          () => i.fit(m, x, { ...options, ...resume, signal: controller.signal, onBatchEnd }),
          'Error',
          /stop/,
        );
        if (byFile) ({ model: m } = await i.loadCheckpoint(i.saveCheckpoint(m)));
      }
      const { history } = m;
      equal([history!.epoch, history!.step], [2, 16]);
      const said = await warnings(async () =>
        ok((await i.fit(m, x, { ...options, resume: true })) === history, 'the same'),
      );
      equal(said, [], 'nothing to warn of');
      equal([history!.loss, history!.valLoss], [expected.loss, expected.valLoss]);
      sameBits(weightsOf(m), weightsOf(uninterrupted), 'weights');
    }
  },

  async 'a finished run, and a model without a run, cannot be resumed'(i) {
    const m = await buildModel(i);
    await fails(
      () => i.fit(m, x, { resume: true }),
      'RangeError',
      /"resume" expected the history of .* last training or checkpoint, got true/,
    );
    const history = await i.fit(m, x, { epochs: 4 });
    for (const resume of [true, history])
      for (const epochs of [1, 4])
        await fails(
          () => i.fit(m, x, { epochs, resume }),
          'RangeError',
          new RegExp(`"epochs" expected more than the 4 that are done, got ${epochs}`),
        );
    await i.fit(m, x, { epochs: 5, resume: true });
    const stopped = await i.fit(m, x, {
      epochs: 9,
      optimizer: i.sgd(1e-30),
      earlyStopping: { monitor: 'loss', minDelta: 1 },
    });
    equal(stopped.stoppedEarly, true);
    await fails(
      () => i.fit(m, x, { epochs: 9, optimizer: i.sgd(1e-30), resume: true }),
      'RangeError',
      /"resume" expected a run that early stopping has not ended, got true/,
    );
    await fails(() => i.fit(m, x, { resume: 5 as never }), 'RangeError', /"resume" expected the history/);
  },

  async 'a new fit after an interrupted one warns once, and not with resume: false'(i) {
    const m = await buildModel(i);
    const stop = { onBatchEnd: (batch: number) => { if (batch === 1) throw new Error('stop'); } }; // biome-ignore format: short
    const interrupt = () => fails(() => i.fit(m, x, { ...stop, resume: false }), 'Error', /stop/);
    equal(await warnings(interrupt), [], 'the first fit');
    equal(await warnings(() => i.fit(m, x, { resume: false })), [], 'resume: false');
    equal(await warnings(() => i.fit(m, x)), [], 'behind one that has ended');
    await interrupt();
    const [said, ...more] = await warnings(() => i.fit(m, x));
    ok(/^isthmus: fit begins at epoch 0; the run that stopped in epoch 1 goes on with resume: true/.test(said!), said!);
    equal([more, m.history!.epoch], [[], 1]);
    await interrupt();
    const { model } = await i.loadCheckpoint(i.saveCheckpoint(m));
    equal((await warnings(() => i.fit(model, x))).length, 1, 'a checkpoint');
    // A fit also warns after an interruption between two epochs and after a divergence.
    const between = { epochs: 2, onEpochEnd: () => { throw new Error('stop'); } }; // biome-ignore format: short
    await fails(() => i.fit(m, x, { ...between, resume: false }), 'Error', /stop/);
    equal((await warnings(() => i.fit(m, x))).length, 1, 'between epochs');
  },
};
