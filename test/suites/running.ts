import { equal, fails, ok, type Suite, sameBits } from './assert.ts';
import { buildModel, deterministicOptions, size, weightsOf, x } from './small-model.ts';

/** The course of a run: reports, interruptions, sources of data. */
export const running: Suite = {
  async 'a history has one value for each epoch, and callbacks get the same values'(isthmus) {
    const { fit } = isthmus;
    const m = await buildModel(isthmus);
    const batches: number[] = [];
    const losses: number[] = [];
    const epochs: number[] = [];
    const history = await fit(m, x, {
      epochs: 2,
      batchSize: 64,
      validationData: x.subarray(0, size * 50),
      onBatchEnd: (batch, logs) => {
        equal(logs.batches, 4);
        equal(logs.size, batch === 3 ? 8 : 64);
        equal(logs.batch, batch);
        ok(logs.loss > 0, 'loss of a batch');
        batches.push(logs.epoch * 10 + batch);
      },
      onEpochEnd: async (epoch, logs) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        losses.push(logs.loss);
        epochs.push(logs.valLoss!);
        equal(epochs.length, epoch + 1);
      },
    });
    equal(losses, history.loss);
    equal(batches, [0, 1, 2, 3, 10, 11, 12, 13]);
    equal(epochs, history.valLoss);
    equal([history.epoch, history.step, history.seconds.length], [2, 8, 2]);
    equal(history.learningRate.length, 2);
  },

  async 'an abort rejects with its reason, keeps the weights, and resume continues with the same losses'(isthmus) {
    const { fit, adam, cosine, gaussianNoise } = isthmus;
    const options = () => ({
      ...deterministicOptions,
      epochs: 4,
      batchSize: 16,
      optimizer: adam({ learningRate: cosine({ learningRate: 0.01, decaySteps: 60 }) }),
      corruption: gaussianNoise({ stddev: 0.1 }),
      validationData: x,
    });
    const uninterrupted = await buildModel(isthmus);
    const expected = await fit(uninterrupted, x, options());
    const m = await buildModel(isthmus);
    const controller = new AbortController();
    let seen = 0;
    const stop = () => {
      if (++seen === 30) controller.abort();
    };
    await fails(() => fit(m, x, { ...options(), signal: controller.signal, onBatchEnd: stop }), 'AbortError', /abort/i);
    equal(seen, 30, 'batches until the stop');
    const bytes = isthmus.saveCheckpoint(m);
    const { model: back, history } = await isthmus.loadCheckpoint(bytes);
    equal([history.epoch, history.partial.batches], [2, 4]);
    await fit(back, x, { ...options(), resume: history });
    equal(history.loss, expected.loss);
    equal(history.valLoss, expected.valLoss);
    sameBits(weightsOf(back), weightsOf(uninterrupted), 'weights');
    await fails(() => fit(m, x, { signal: controller.signal }), 'AbortError', /abort/i);
  },

  async 'a stream with chunks of any size gives the losses and weights of one array'(isthmus) {
    const { fit } = isthmus;
    const inMemory = await buildModel(isthmus);
    const expected = await fit(inMemory, x, { ...deterministicOptions, epochs: 2, shuffle: false });
    async function* chunks() {
      for (let i = 0, n = 1; i < 200; i += n, n = (n * 7 + 3) % 60)
        yield x.subarray(i * size, Math.min(200, i + n) * size);
    }
    const m = await buildModel(isthmus);
    const history = await fit(m, chunks, { ...deterministicOptions, epochs: 2, shuffle: false });
    equal(history.loss, expected.loss);
    sameBits(weightsOf(m), weightsOf(inMemory));
    const one = await buildModel(isthmus);
    await fit(one, chunks(), { ...deterministicOptions, shuffle: false });
    await fails(
      () => fit(one, chunks(), { epochs: 2 }),
      'TypeError',
      /a function that opens the stream for each of 2 epochs/,
    );
    await fails(() => fit(one, async function* () {}), 'RangeError', /at least one sample/);
    await fails(
      () =>
        fit(one, async function* () {
          yield new Float32Array(3);
        }),
      'RangeError',
      /multiple of 20/,
    );
    await fails(() => fit(one, () => 5 as never), 'TypeError', /an iterable of samples/);
  },

  async 'a run on a stream that is resumed within an epoch gives the same losses'(isthmus) {
    const { fit } = isthmus;
    async function* chunks() {
      for (let i = 0; i < 200; i += 25) yield x.subarray(i * size, (i + 25) * size);
    }
    const options = { ...deterministicOptions, epochs: 2, batchSize: 16 };
    const uninterrupted = await buildModel(isthmus);
    await fit(uninterrupted, chunks, options);
    const m = await buildModel(isthmus);
    const controller = new AbortController();
    const stop = (batch: number) => batch === 5 && controller.abort(new Error('enough'));
    await fails(() => fit(m, chunks, { ...options, signal: controller.signal, onBatchEnd: stop }), 'Error', /enough/);
    const { model: back, history } = await isthmus.loadCheckpoint(isthmus.saveCheckpoint(m));
    await fit(back, chunks, { ...options, resume: history });
    sameBits(weightsOf(back), weightsOf(uninterrupted));
  },

  async 'inference during training does not change its results'(isthmus) {
    const { fit } = isthmus;
    const [a, b] = [await buildModel(isthmus), await buildModel(isthmus)];
    await fit(a, x, { ...deterministicOptions, epochs: 2 });
    let codes = 0;
    await fit(b, x, {
      ...deterministicOptions,
      epochs: 2,
      onBatchEnd: () => {
        codes += b.encode(x).length;
      },
    });
    ok(codes > 0, 'encoded');
    sameBits(weightsOf(a), weightsOf(b));
  },

  async 'a second fit on a model in training is refused, and the first one completes'(isthmus) {
    const { fit } = isthmus;
    const m = await buildModel(isthmus);
    const first = fit(m, x, { epochs: 3 });
    await fails(
      () => fit(m, x),
      'RangeError',
      /"model" expected idle, got one that another fit\(\) is training: await it first/,
    );
    equal((await first).epoch, 3);
  },

  async 'fit rejects with the error of a callback, and can be resumed'(isthmus) {
    const { fit } = isthmus;
    const m = await buildModel(isthmus);
    await fails(
      () =>
        fit(m, x, {
          onBatchEnd: () => {
            throw new TypeError('mine');
          },
        }),
      'TypeError',
      /^mine$/,
    );
    await fit(m, x, { resume: false });
  },

  async 'fit yields to the event loop'(isthmus) {
    const { fit, autoencoder, dense } = isthmus;
    const m = await autoencoder({ input: [size], encoder: [dense({ units: 512 })], decoder: [dense({ units: size })] });
    let turns = 0;
    let going = true;
    const tick = (): void => {
      turns++;
      if (going) setTimeout(tick, 0);
    };
    setTimeout(tick, 0);
    await fit(m, x, { epochs: 400, batchSize: 200 });
    going = false;
    ok(turns >= 3, `${turns} turns`);
  },

  async 'invalid options are refused with the expected value'(isthmus) {
    const { fit, adam, cosine, sgd, evaluate } = isthmus;
    const m = await buildModel(isthmus);
    const wrong = (options: object, name: string, message: RegExp) => fails(() => fit(m, x, options), name, message);
    await wrong({ epochs: 0 }, 'RangeError', /"epochs" expected integer 1/);
    await wrong({ batchSize: 1.5 }, 'RangeError', /"batchSize" expected integer/);
    await wrong({ batchSize: '32' }, 'TypeError', /"batchSize" expected integer.*got "32"/);
    await wrong({ optimizer: 'adam' }, 'TypeError', /"optimizer" expected an optimizer such as adam\(\), got "adam"/);
    await wrong({ loss: 'mse' }, 'RangeError', /one of meanSquaredError/);
    await wrong({ loss: {} }, 'TypeError', /one of meanSquaredError/);
    await wrong({ loss: { huber: 0 } }, 'RangeError', /"loss.huber" expected a number above 0/);
    await wrong(
      { epoch: 3 },
      'TypeError',
      /no other options than epochs \(did you mean that\?\) and \d+ more, got "epoch"/,
    );
    for (const [key, near] of [
      ['batch_size', 'batchSize'],
      ['validation_split', 'validationSplit'],
      ['sample_weights', 'sampleWeight'],
      ['validationdata', 'validationData'],
      ['optimiser', 'optimizer'],
    ])
      await wrong({ [key!]: 3 }, 'TypeError', new RegExp(`no other options than ${near} \\(did you mean that`));
    for (const key of ['verbose', 'x', 'callbacks'])
      await wrong(
        { [key]: 1 },
        'TypeError',
        new RegExp(`no other options than epochs, batchSize, .*resume.*, got "${key}"`),
      );
    // As in Keras: the targets as a separate argument.
    for (const targets of [x, new Uint8Array(5), [x], [[1, 2]], [1, 0]]) {
      const message = /"options" expected an object, such as \{ targets \}, got /;
      await fails(
        () => (fit as unknown as (...args: unknown[]) => unknown)(m, x, targets, { epochs: 1 }),
        'TypeError',
        message,
      );
      await fails(() => evaluate(m, x, targets as never), 'TypeError', message);
    }
    await wrong({ targets: x, labels: [1] }, 'RangeError', /"labels" expected no targets, got both/);
    await wrong({ signal: 5 }, 'TypeError', /an AbortSignal/);
    await wrong({ onBatchEnd: 5 }, 'TypeError', /a function/);
    await wrong({ clipNorm: 0 }, 'RangeError', /above 0/);
    await wrong({ earlyStopping: { monitor: 'valLoss' } }, 'RangeError', /validationData to monitor/);
    await wrong({ earlyStopping: { patiense: 1 } }, 'TypeError', /no other options/);
    await wrong({ validationData: new Float32Array(3) }, 'RangeError', /"validationData" expected a multiple/);
    await wrong({ resume: { loss: [] } }, 'RangeError', /"resume" expected the history/);
    await fails(() => fit({} as never, x), 'TypeError', /a model made by autoencoder/);
    for (const run of [
      () => fit(buildModel(isthmus) as never, x),
      () => fit(m, Promise.resolve(x) as never),
      () => m.encode([Promise.resolve(x)] as never),
      () => isthmus.loadModel(Promise.resolve(x) as never),
    ])
      await fails(run, 'TypeError', /got a Promise \(await it\)$/);
    await fails(() => adam(-1), 'RangeError', /"adam.learningRate" expected a number above 0, got -1/);
    await fails(() => adam({ beta1: 1 }), 'RangeError', /"adam.beta1"/);
    await fails(() => sgd({ rate: 1 } as never), 'TypeError', /no other options/);
    await fails(() => cosine({ decaySteps: 0 }), 'RangeError', /"cosine.decaySteps"/);
    await fails(() => evaluate(m, x, { targets: x.subarray(size) }), 'RangeError', /200 samples/);
    await fails(
      () => fit(m, x, { batchSize: 2 ** 20, epochs: 1, optimizer: adam(), validationPart: 0.1 } as never),
      'TypeError',
      /no other/,
    );
  },
};
