import { close, equal, fails, ok, type Suite, sameBits } from './assert.ts';
import { buildModel, buildRegularizedModel, deterministicOptions, size, weightsOf, x } from './small-model.ts';

/** Runs that end early, by an abort or an error, and the state that they leave. */
export const interrupting: Suite = {
  async 'a run that restored its best weights is resumed from its last weights'(isthmus) {
    const { fit, sgd, saveCheckpoint, loadCheckpoint } = isthmus;
    const options = {
      ...deterministicOptions,
      // The learning rate is so high that the best epoch is not the last one.
      optimizer: sgd(60),
      validationData: x,
      earlyStopping: { patience: 99, restoreBest: true },
    };
    const uninterrupted = await buildModel(isthmus);
    const expected = await fit(uninterrupted, x, { ...options, epochs: 12 });
    for (const byFile of [false, true]) {
      let m = await buildModel(isthmus);
      let history = await fit(m, x, { ...options, epochs: 6 });
      ok(history.bestEpoch < 5, `the best epoch is ${history.bestEpoch}`);
      const best = weightsOf(m);
      if (byFile) ({ model: m, history } = await loadCheckpoint(saveCheckpoint(m, history)));
      sameBits(weightsOf(m), best, 'the best weights');
      await fit(m, x, { ...options, epochs: 12, resume: history });
      equal(history.valLoss, expected.valLoss);
      sameBits(weightsOf(m), weightsOf(uninterrupted), 'weights');
    }
  },

  async 'a run is resumed from weights that were set after it'(isthmus) {
    const { fit, sgd } = isthmus;
    const options = { ...deterministicOptions, optimizer: sgd(1e-30) };
    const m = await buildModel(isthmus);
    const history = await fit(m, x, { ...options, epochs: 2, earlyStopping: { patience: 9, restoreBest: true } });
    const { weights } = await buildModel(isthmus, 5);
    m.setWeights(weights);
    const set = weightsOf(m);
    await fit(m, x, { ...options, epochs: 3, resume: history });
    close(weightsOf(m), set, 1e-20, 'a rate of almost nothing leaves them');
  },

  async 'after a NaN loss the weights are those of the step that the error names, and training can be resumed'(
    isthmus,
  ) {
    const { fit, saveCheckpoint, loadCheckpoint, autoencoder, dense, momentum } = isthmus;
    const spec = { input: [size], encoder: [dense({ units: 8 })], decoder: [dense({ units: size })] };
    const m = await autoencoder(spec, { seed: 1 });
    const seen = [weightsOf(m)];
    const run = { epochs: 50, batchSize: 64, optimizer: momentum({ learningRate: 30 }) };
    const error = await fails(
      () => fit(m, x, { ...run, onBatchEnd: () => seen.push(weightsOf(m)) }),
      'RangeError',
      /"(loss|weights)" expected a finite number, got .* at step \d+ \(epoch \d+, batch \d+\); the weights after step \d+ are restored/,
    );
    const [at, good] = [...error.message.matchAll(/step (\d+)/g)].map((match) => Number(match[1]));
    ok(good! < at! - 1, error.message);
    sameBits(weightsOf(m), seen[good!]!, error.message);
    ok(isthmus.evaluate(m, x).loss < 10, 'from before it diverged');
    const { model: back, history } = await loadCheckpoint(saveCheckpoint(m));
    equal(history.step, good);
    await fit(back, x, { ...run, epochs: history.epoch + 3, optimizer: momentum(0.01), resume: history });
    equal([history.loss.length, history.epoch], [history.epoch, history.loss.length]);
    ok(history.loss.at(-1)! < 1e30 && back.reconstruct(x).every(Number.isFinite), 'it goes on');
  },

  async 'a run that diverges late loses at most the steps since the last copy of its weights'(isthmus) {
    const { fit, sgd, autoencoder, dense, evaluate } = isthmus;
    const spec = { input: [size], encoder: [dense({ units: 8 })], decoder: [dense({ units: size })] };
    const m = await autoencoder(spec, { seed: 1 });
    const history = await fit(m, x, { ...deterministicOptions, epochs: 60, batchSize: 50, optimizer: sgd(0.1) });
    equal(history.step, 240);
    const { loss } = evaluate(m, x);
    const run = { epochs: 99, batchSize: 50, resume: history };
    const error = await fails(() => fit(m, x, { ...run, optimizer: sgd(1e12) }), 'RangeError', /are restored/);
    const [at, good] = [...error.message.matchAll(/step (\d+)/g)].map((match) => Number(match[1]));
    ok(good! >= 240 && at! - good! <= 8, error.message);
    ok(evaluate(m, x).loss <= loss * 1.01, 'as good as before');
  },

  async 'an abort stops validation, and a resumed run completes the epoch'(isthmus) {
    const { fit, autoencoder, dense, saveCheckpoint, loadCheckpoint } = isthmus;
    const spec = { input: [size], encoder: [dense({ units: 512 })], decoder: [dense({ units: size })] };
    const many = new Float32Array(64 * x.length);
    for (let i = 0; i < 64; i++) many.set(x, i * x.length);
    const options = { ...deterministicOptions, epochs: 2, validationData: many, batchSize: 200 };
    const uninterrupted = await autoencoder(spec, { seed: 1 });
    const expected = await fit(uninterrupted, x, options);
    const m = await autoencoder(spec, { seed: 1 });
    const controller = new AbortController();
    const onBatchEnd = () => {
      setTimeout(() => controller.abort(new Error('now')), 0);
    };
    await fails(() => fit(m, x, { ...options, signal: controller.signal, onBatchEnd }), 'Error', /now/);
    const { model: back, history } = await loadCheckpoint(saveCheckpoint(m));
    equal([history.epoch, history.partial.samples], [0, 200], 'all batches were done, the epoch was not');
    await fit(back, x, { ...options, resume: history });
    equal([history.loss, history.valLoss], [expected.loss, expected.valLoss]);
    sameBits(weightsOf(back), weightsOf(uninterrupted), 'weights');
  },

  async 'an abort stops a run whose stream is pending or yields empty chunks'(isthmus) {
    const { fit } = isthmus;
    let closed = 0;
    const silent = () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: async () => {
          closed++;
          return { done: true as const, value: undefined };
        },
      }),
    });
    async function* empty() {
      while (true) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        yield new Float32Array(0);
      }
    }
    for (const stream of [silent, empty]) {
      const m = await buildModel(isthmus);
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error('enough')), 5);
      await fails(() => fit(m, stream, { signal: controller.signal }), 'Error', /enough/);
      await fit(m, x);
    }
    equal(closed, 1, 'the stream was closed');
  },

  async 'a stream that can be read once completes the last epoch of a resumed run'(isthmus) {
    const { fit } = isthmus;
    async function* chunks(from = 0) {
      for (let i = from; i < 200; i += 25) yield x.subarray(i * size, (i + 25) * size);
    }
    const m = await buildModel(isthmus);
    const history = await fit(m, () => chunks(), { epochs: 1 });
    equal((await fit(m, chunks(), { epochs: 2, resume: history })).epoch, 2);
    const controller = new AbortController();
    const stop = (batch: number) => batch === 5 && controller.abort(new Error('enough'));
    await fails(() => fit(m, chunks, { signal: controller.signal, onBatchEnd: stop }), 'Error', /enough/);
    const { model: back, history: cut } = await isthmus.loadCheckpoint(isthmus.saveCheckpoint(m));
    await fails(
      () => fit(back, () => chunks(150), { resume: cut }),
      'RangeError',
      /"x" expected 192 samples or more, as before the break, got 50/,
    );
  },

  async 'a batch that does not fit into memory does not change the state of an earlier run'(isthmus) {
    const { fit, saveCheckpoint, sgd } = isthmus;
    const m = await buildRegularizedModel(isthmus);
    await fit(m, x, { epochs: 1 });
    const before = saveCheckpoint(m);
    const wide = new Uint8Array(size * 2 ** 20);
    const huge = { epochs: 1, batchSize: 2 ** 20, optimizer: sgd() };
    const { autoencoder, dense } = isthmus;
    const big = await autoencoder({
      input: [size],
      encoder: [dense({ units: 900 })],
      decoder: [dense({ units: size })],
    });
    const history = await fit(big, x, { epochs: 1 });
    const saved = saveCheckpoint(big, history);
    await fails(() => fit(big, wide, huge), 'RangeError', /"batchSize" expected/);
    big.encode(x);
    sameBits(saveCheckpoint(big, history), saved, 'the checkpoint of the earlier training');
    sameBits(saveCheckpoint(m), before);
  },
};
