// Concurrency of a worker: aborts, timers of the main thread, training of two models, termination.
import { equal, fails, numbers, ok, sameBits } from './assert.ts';
import { buildModel, deterministicOptions, size, x } from './small-model.ts';
import { type WorkerSuite, withWorker, workerSpec } from './worker-suite.ts';

/** Starts to count the turns of the event loop of the main thread. The returned function stops and gives the count. */
function countTicks(): () => number {
  let ticks = 0;
  let on = true;
  const tick = (): void => {
    ticks++;
    if (on) setTimeout(tick, 1);
  };
  setTimeout(tick, 1);
  return () => {
    on = false;
    return ticks;
  };
}

export const spawningTurns: WorkerSuite = {
  'an abort rejects with the same reason object, and the resumed run gives the same losses': withWorker(
    async (worker, isthmus, off) => {
      const local = await buildModel(isthmus);
      const expected = await isthmus.fit(local, x, { ...deterministicOptions, epochs: 4 });
      const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
      const controller = new AbortController();
      const reason = { not: () => 'to be copied' };
      let seen = 0;
      const options = {
        ...deterministicOptions,
        epochs: 4,
        signal: controller.signal,
        onBatchEnd: () => ++seen === 10 && controller.abort(reason),
      };
      const history = await worker.fit(remote, x, deterministicOptions);
      equal(await worker.fit(remote, x, { ...options, resume: history }).catch((error) => error === reason), true);
      equal(
        [seen, history.epoch, history.partial.batches],
        [10, 2, 3],
        'the history counts the batches of the stopped epoch',
      );
      await fails(() => worker.fit(remote, x, { signal: AbortSignal.abort() }), 'AbortError', /abort/i);
      const { model, history: back } = await worker.loadCheckpoint(await worker.saveCheckpoint(remote));
      for (const [m, h] of [
        [remote, history],
        [model, back],
      ] as const) {
        equal(
          (await worker.fit(m, x, { ...deterministicOptions, epochs: 4, resume: h })) === h,
          true,
          'the same history',
        );
        equal(h.loss, expected.loss);
        sameBits(await worker.saveModel(m), isthmus.saveModel(local));
      }
      await fails(
        () => worker.fit(remote, x, { resume: { ...history } }),
        'RangeError',
        /"resume" expected the history/,
      );
    },
  ),

  'the main thread runs timers during a long call of the worker': withWorker(async (worker, isthmus, off) => {
    const wide = { input: [size], encoder: [off.dense({ units: 2048 })], decoder: [off.dense({ units: size })] };
    const many = numbers(size * 20_000);
    const remote = await worker.autoencoder(wide, { seed: 1 });
    const count = countTicks();
    // The same call on the main thread lets no timer run (below).
    await remote.reconstruct(many);
    ok(count() > 0, 'a timer ran');
    const local = await isthmus.autoencoder({
      ...wide,
      encoder: [isthmus.dense({ units: 2048 })],
      decoder: [isthmus.dense({ units: size })],
    });
    const blocked = countTicks();
    local.reconstruct(many);
    equal(blocked(), 0, 'no timer ran');
    const training = countTicks();
    await worker.fit(remote, many);
    ok(training() > 0, 'a timer ran during training');
  }),

  'two models train at the same time, with the bits of separate runs': withWorker(async (worker, isthmus, off) => {
    const seeds = [1, 2];
    const models = await Promise.all(seeds.map((seed) => worker.autoencoder(workerSpec(off), { seed })));
    const order: number[] = [];
    const wait = (i: number) => async () => {
      order.push(i);
      await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await Promise.all(
      models.map((m, i) => worker.fit(m, x, { ...deterministicOptions, epochs: 3, onBatchEnd: wait(i) })),
    );
    ok(
      order.join('').includes('010') || order.join('').includes('101'),
      `the batches of both models alternate: ${order}`,
    );
    for (const [i, seed] of seeds.entries()) {
      const alone = await buildModel(isthmus, seed);
      await isthmus.fit(alone, x, { ...deterministicOptions, epochs: 3 });
      sameBits(await worker.saveModel(models[i]!), isthmus.saveModel(alone));
    }
    await fails(
      // The first fit waits for its callback after each batch, so it is running when the second one begins.
      () => Promise.all([worker.fit(models[0]!, x, { epochs: 99, onBatchEnd: wait(0) }), worker.fit(models[0]!, x)]),
      'RangeError',
      /"model" expected idle/,
    );
  }),

  'a terminated worker rejects pending and later calls': async (_, off) => {
    const worker = await off.spawn();
    const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
    let markStarted = (): void => {};
    const started = new Promise<void>((resolve) => {
      markStarted = resolve;
    });
    const endless = worker.fit(remote, x, { epochs: 1e6, onBatchEnd: () => markStarted() });
    await started;
    const other = remote.encode(x);
    worker.terminate();
    for (const call of [endless, other, remote.encode(x), worker.saveModel(remote)])
      await fails(() => call, 'AbortError', /the worker was terminated/);
    worker.terminate();
  },
};
