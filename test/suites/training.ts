import { close, equal, fails, type Isthmus, ok, type Suite, sameBits, sheet } from './assert.ts';

const size = 20;
const x = sheet(200, size);
const build = ({ autoencoder, dense }: Isthmus, seed = 1) =>
  autoencoder(
    {
      input: [size],
      encoder: [dense({ units: 8, activation: 'relu' })],
      decoder: [dense({ units: size, activation: 'sigmoid' })],
    },
    { seed },
  );
const all = (m: Awaited<ReturnType<typeof build>>): number[] =>
  Object.values(m.weights).flatMap(({ data }) => [...data]);
const strict = { deterministic: true } as const;

export const training: Suite = {
  async 'every optimizer learns'(isthmus) {
    const { fit, evaluate, sgd, momentum, rmsprop, adam, adamw } = isthmus;
    const makers = {
      sgd: sgd(20),
      momentum: momentum({ learningRate: 2, nesterov: true }),
      rmsprop: rmsprop(),
      adam: adam(),
      adamw: adamw(),
    };
    for (const [name, optimizer] of Object.entries(makers)) {
      const m = await build(isthmus);
      const before = evaluate(m, x).meanSquaredError;
      const history = await fit(m, x, { epochs: 20, optimizer });
      const after = evaluate(m, x).meanSquaredError;
      ok(after < before / 2, `${name}: from ${before} to ${after}`);
      equal(history.loss.length, 20);
      ok(history.loss[19]! < history.loss[0]!, `${name}: the loss falls`);
    }
  },

  async 'every loss falls, and several weighted'(isthmus) {
    const { fit, evaluate } = isthmus;
    for (const loss of [
      'meanSquaredError',
      'meanAbsoluteError',
      'huber',
      'binaryCrossentropy',
      { meanSquaredError: 1, meanAbsoluteError: 0.1 },
    ] as const) {
      const m = await build(isthmus);
      const before = evaluate(m, x, { loss }).loss;
      const history = await fit(m, x, { epochs: 15, loss, validationData: x });
      const after = evaluate(m, x, { loss }).loss;
      ok(after < before, `${JSON.stringify(loss)}: from ${before} to ${after}`);
      close([history.valLoss[14]!], [after], 1e-9, 'validation is what evaluate says');
    }
  },

  async 'the same seed gives the same bytes twice, and another seed others'(isthmus) {
    const { fit, saveModel, gaussianNoise, dropout, dense, autoencoder } = isthmus;
    const once = async (seed: number) => {
      const spec = {
        input: [size],
        encoder: [dense({ units: 8, activation: 'gelu' }), dropout({ rate: 0.2 })],
        decoder: [dense({ units: size, activation: 'sigmoid' })],
      } as const;
      const m = await autoencoder(spec, { seed });
      await fit(m, x, { ...strict, epochs: 2, corruption: gaussianNoise({ stddev: 0.1 }) });
      return saveModel(m);
    };
    const a = await once(7);
    sameBits(await once(7), a, 'bytes');
    ok(
      (await once(8)).some((byte, i) => byte !== a[i]),
      'another seed',
    );
  },

  async 'a history holds one number an epoch, and callbacks see the same'(isthmus) {
    const { fit } = isthmus;
    const m = await build(isthmus);
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

  async 'early stopping stops, and brings the best weights back'(isthmus) {
    const { fit, evaluate, sgd } = isthmus;
    const m = await build(isthmus);
    // A rate that grows worse and worse: some early epoch is the best.
    const history = await fit(m, x, {
      epochs: 50,
      optimizer: sgd(60),
      validationData: x,
      earlyStopping: { patience: 3, restoreBest: true },
    });
    ok(history.stoppedEarly && history.epoch < 50, `stopped at ${history.epoch}`);
    equal(history.epoch - 1 - history.bestEpoch, 4, 'epochs after the best');
    const best = Math.min(...history.valLoss);
    equal(history.valLoss.indexOf(best), history.bestEpoch);
    close([evaluate(m, x).loss], [best], 1e-9, 'restored');
  },

  async 'abort rejects with the reason, keeps the weights, and resume goes on with the same numbers'(isthmus) {
    const { fit, adam, cosine, gaussianNoise } = isthmus;
    const options = () => ({
      ...strict,
      epochs: 4,
      batchSize: 16,
      optimizer: adam({ learningRate: cosine({ learningRate: 0.01, decaySteps: 60 }) }),
      corruption: gaussianNoise({ stddev: 0.1 }),
      validationData: x,
    });
    const whole = await build(isthmus);
    const expected = await fit(whole, x, options());
    const m = await build(isthmus);
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
    sameBits(all(back), all(whole), 'weights');
    await fails(() => fit(m, x, { signal: controller.signal }), 'AbortError', /abort/i);
  },

  async 'a stream of chunks of any size gives the numbers of one array'(isthmus) {
    const { fit } = isthmus;
    const whole = await build(isthmus);
    const expected = await fit(whole, x, { ...strict, epochs: 2, shuffle: false });
    async function* chunks() {
      for (let i = 0, n = 1; i < 200; i += n, n = (n * 7 + 3) % 60)
        yield x.subarray(i * size, Math.min(200, i + n) * size);
    }
    const m = await build(isthmus);
    const history = await fit(m, chunks, { ...strict, epochs: 2, shuffle: false });
    equal(history.loss, expected.loss);
    sameBits(all(m), all(whole));
    const one = await build(isthmus);
    await fit(one, chunks(), { ...strict, shuffle: false });
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

  async 'a stream resumed in the middle of an epoch goes on with the same numbers'(isthmus) {
    const { fit } = isthmus;
    async function* chunks() {
      for (let i = 0; i < 200; i += 25) yield x.subarray(i * size, (i + 25) * size);
    }
    const options = { ...strict, epochs: 2, batchSize: 16 };
    const whole = await build(isthmus);
    await fit(whole, chunks, options);
    const m = await build(isthmus);
    const controller = new AbortController();
    const stop = (batch: number) => batch === 5 && controller.abort(new Error('enough'));
    await fails(() => fit(m, chunks, { ...options, signal: controller.signal, onBatchEnd: stop }), 'Error', /enough/);
    const { model: back, history } = await isthmus.loadCheckpoint(isthmus.saveCheckpoint(m));
    await fit(back, chunks, { ...options, resume: history });
    sameBits(all(back), all(whole));
  },

  async 'bytes train like floats'(isthmus) {
    const { fit } = isthmus;
    const bytes = Uint8Array.from(x, (v) => Math.round(v * 255));
    const [a, b] = [await build(isthmus), await build(isthmus)];
    await fit(a, bytes, { ...strict, epochs: 2 });
    await fit(
      b,
      Float32Array.from(bytes, (v) => v / 255),
      { ...strict, epochs: 2 },
    );
    sameBits(all(a), all(b));
  },

  async 'targets are learnt instead of the input'(isthmus) {
    const { fit, evaluate } = isthmus;
    const targets = x.map((v) => 1 - v);
    const m = await build(isthmus);
    await fit(m, x, { epochs: 60, targets, validationData: x, validationTargets: targets });
    ok(evaluate(m, x, { targets }).loss < evaluate(m, x).loss / 3, 'closer to the targets than to the input');
    await fails(
      () => fit(m, x, { targets: targets.subarray(size) }),
      'RangeError',
      /"targets" expected 200 samples.*got 199/,
    );
  },

  async 'penalties shrink weights, and are part of the loss'({ autoencoder, dense, fit, evaluate }) {
    const norm = async (l1: number, l2: number): Promise<[number, number]> => {
      const m = await autoencoder(
        { input: [size], encoder: [dense({ units: 8, l1, l2 })], decoder: [dense({ units: size })] },
        { seed: 1 },
      );
      await fit(m, x, { epochs: 10 });
      const e = evaluate(m, x);
      const kernel = m.weights['encoder.0.kernel']!.data;
      const penalty = kernel.reduce((sum, v) => sum + l1 * Math.abs(v) + l2 * v * v, 0);
      close([e.loss - e.meanSquaredError], [penalty], 1e-5, 'penalty');
      return [kernel.reduce((sum, v) => sum + Math.abs(v), 0), kernel.reduce((sum, v) => sum + v * v, 0)];
    };
    const [free, l1, l2] = [await norm(0, 0), await norm(0.01, 0), await norm(0, 0.01)];
    ok(l1[0] < free[0] && l2[1] < free[1], `${free} ${l1} ${l2}`);
  },

  async 'clipping bounds the step'(isthmus) {
    const { fit, sgd } = isthmus;
    for (const [option, bound] of [
      [{ clipNorm: 1e-3 }, 1e-3],
      [{ clipValue: 1e-4 }, 1e-4],
    ] as const) {
      const m = await build(isthmus);
      const before = all(m);
      await fit(m, x, { ...option, batchSize: 200, optimizer: sgd(1) });
      const moves = all(m).map((v, i) => Math.abs(v - before[i]!));
      const size = 'clipNorm' in option ? Math.hypot(...moves) : Math.max(...moves);
      ok(size <= bound * 1.01 && size > bound * 0.9, `${JSON.stringify(option)}: step of ${size}`);
    }
  },

  async 'a loss that is no number any more stops with the step, and the last good weights'(isthmus) {
    const { fit, autoencoder, dense, sgd } = isthmus;
    const m = await autoencoder(
      { input: [size], encoder: [dense({ units: 8 })], decoder: [dense({ units: size })] },
      { seed: 1 },
    );
    const error = await fails(
      () => fit(m, x, { epochs: 50, optimizer: sgd(1e6) }),
      'RangeError',
      /"(loss|weights)" expected a finite number, got .* at step \d+ \(epoch \d+, batch \d+\); the weights after step \d+ are restored/,
    );
    ok(m.reconstruct(x).every(Number.isFinite), error.message);
    await fails(() => isthmus.saveCheckpoint(m), 'RangeError', /that fit has trained/);
    await fit(m, x, { epochs: 2 });
  },

  async 'inference in the middle of training disturbs nothing'(isthmus) {
    const { fit } = isthmus;
    const [a, b] = [await build(isthmus), await build(isthmus)];
    await fit(a, x, { ...strict, epochs: 2 });
    let codes = 0;
    await fit(b, x, {
      ...strict,
      epochs: 2,
      onBatchEnd: () => {
        codes += b.encode(x).length;
      },
    });
    ok(codes > 0, 'encoded');
    sameBits(all(a), all(b));
  },

  async 'a second fit on a model under training is refused, and the first goes on'(isthmus) {
    const { fit } = isthmus;
    const m = await build(isthmus);
    const first = fit(m, x, { epochs: 3 });
    await fails(() => fit(m, x), 'RangeError', /no other fit under way/);
    equal((await first).epoch, 3);
  },

  async 'an error in a callback comes out, and training can go on'(isthmus) {
    const { fit } = isthmus;
    const m = await build(isthmus);
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
    await fit(m, x);
  },

  async 'the event loop gets its turn'(isthmus) {
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

  async 'schedules fall and rise as their formulas say'({ cosine, exponentialDecay, warmup, ...isthmus }) {
    const rates = async (learningRate: object, epochs: number): Promise<number[]> => {
      const m = await build({ cosine, exponentialDecay, warmup, ...isthmus } as Isthmus);
      const optimizer = isthmus.sgd({ learningRate: learningRate as never });
      return (await isthmus.fit(m, x, { epochs, optimizer, batchSize: 200 })).learningRate;
    };
    const steps = [...Array(12).keys()];
    close(
      await rates(cosine({ learningRate: 0.1, decaySteps: 10, alpha: 0.1 }), 12),
      steps.map((t) => 0.1 * (0.1 + 0.45 * (1 + Math.cos((Math.PI * Math.min(t, 10)) / 10)))),
      1e-12,
    );
    close(
      await rates(exponentialDecay({ learningRate: 0.1, decaySteps: 4, decayRate: 0.5 }), 12),
      steps.map((t) => 0.1 * 0.5 ** (t / 4)),
      1e-12,
    );
    close(
      await rates(exponentialDecay({ learningRate: 0.1, decaySteps: 4, decayRate: 0.5, staircase: true }), 12),
      steps.map((t) => 0.1 * 0.5 ** Math.floor(t / 4)),
      1e-12,
    );
    close(
      await rates(warmup({ steps: 5, learningRate: 0.1 }), 12),
      steps.map((t) => (t < 5 ? (0.1 * (t + 1)) / 5 : 0.1)),
      1e-12,
    );
  },

  async 'wrong options are refused with what was expected'(isthmus) {
    const { fit, adam, cosine, sgd, evaluate } = isthmus;
    const m = await build(isthmus);
    const wrong = (options: object, name: string, message: RegExp) => fails(() => fit(m, x, options), name, message);
    await wrong({ epochs: 0 }, 'RangeError', /"epochs" expected integer 1/);
    await wrong({ batchSize: 1.5 }, 'RangeError', /"batchSize" expected integer/);
    await wrong({ batchSize: '32' }, 'TypeError', /"batchSize" expected integer.*got "32"/);
    await wrong({ optimizer: 'adam' }, 'TypeError', /"optimizer" expected an optimizer such as adam\(\), got "adam"/);
    await wrong({ loss: 'mse' }, 'RangeError', /one of meanSquaredError/);
    await wrong({ loss: {} }, 'TypeError', /one of meanSquaredError/);
    await wrong({ loss: { huber: 0 } }, 'RangeError', /"loss.huber" expected a number above 0/);
    await wrong({ epoch: 3 }, 'TypeError', /no other options.*got "epoch"/);
    await wrong({ signal: 5 }, 'TypeError', /an AbortSignal/);
    await wrong({ onBatchEnd: 5 }, 'TypeError', /a function/);
    await wrong({ clipNorm: 0 }, 'RangeError', /above 0/);
    await wrong({ earlyStopping: { monitor: 'valLoss' } }, 'RangeError', /validationData to monitor/);
    await wrong({ earlyStopping: { patiense: 1 } }, 'TypeError', /no other options/);
    await wrong({ validationData: new Float32Array(3) }, 'RangeError', /"validationData" expected a multiple/);
    await wrong({ resume: { loss: [] } }, 'RangeError', /"resume" expected the history/);
    await fails(() => fit({} as never, x), 'TypeError', /a model made by autoencoder/);
    await fails(() => adam(-1), 'RangeError', /"adam.learningRate" expected a number above 0, got -1/);
    await fails(() => adam({ beta1: 1 }), 'RangeError', /"adam.beta1"/);
    await fails(() => sgd({ rate: 1 } as never), 'TypeError', /no other options/);
    await fails(() => cosine({ decaySteps: 0 }), 'RangeError', /"cosine.decaySteps"/);
    await fails(() => evaluate(m, x, { targets: x.subarray(size) }), 'RangeError', /200 samples/);
    await fails(
      () => fit(m, x, { batchSize: 2 ** 20, epochs: 1, optimizer: adam(), validationSplit: 0.1 } as never),
      'TypeError',
      /no other/,
    );
  },
};
