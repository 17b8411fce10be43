// A worker in time: aborts, turns of this side and of other models, and its end.
import { equal, fails, numbers, ok, sameBits } from './assert.ts';
import { spec, type WorkerSuite, within } from './off-thread.ts';
import { build, size, strict, x } from './small.ts';

/** Counts the turns that the event loop of this side gets. */
function ticking(): () => number {
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
  'an abort rejects with the reason itself, and the run goes on with the same numbers': within(
    async (worker, isthmus, off) => {
      const here = await build(isthmus);
      const expected = await isthmus.fit(here, x, { ...strict, epochs: 4 });
      const there = await worker.autoencoder(spec(off), { seed: 1 });
      const controller = new AbortController();
      const reason = { not: () => 'to be copied' };
      let seen = 0;
      const options = {
        ...strict,
        epochs: 4,
        signal: controller.signal,
        onBatchEnd: () => ++seen === 10 && controller.abort(reason),
      };
      const history = await worker.fit(there, x, strict);
      equal(await worker.fit(there, x, { ...options, resume: history }).catch((error) => error === reason), true);
      equal([seen, history.epoch, history.partial.batches], [10, 2, 3], 'the history says how far it came');
      await fails(() => worker.fit(there, x, { signal: AbortSignal.abort() }), 'AbortError', /abort/i);
      const { model, history: back } = await worker.loadCheckpoint(await worker.saveCheckpoint(there));
      for (const [m, h] of [
        [there, history],
        [model, back],
      ] as const) {
        equal((await worker.fit(m, x, { ...strict, epochs: 4, resume: h })) === h, true, 'the same history');
        equal(h.loss, expected.loss);
        sameBits(await worker.saveModel(m), isthmus.saveModel(here));
      }
      await fails(
        () => worker.fit(there, x, { resume: { ...history } }),
        'RangeError',
        /"resume" expected the history/,
      );
    },
  ),

  'this side goes on while the worker is at one long piece of work': within(async (worker, isthmus, off) => {
    const wide = { input: [size], encoder: [off.dense({ units: 2048 })], decoder: [off.dense({ units: size })] };
    const many = numbers(size * 20_000);
    const there = await worker.autoencoder(wide, { seed: 1 });
    const count = ticking();
    // Done on the spot it is one piece, in which no timer has its turn.
    await there.reconstruct(many);
    ok(count() > 0, 'a timer had its turn');
    const here = await isthmus.autoencoder({
      ...wide,
      encoder: [isthmus.dense({ units: 2048 })],
      decoder: [isthmus.dense({ units: size })],
    });
    const none = ticking();
    here.reconstruct(many);
    equal(none(), 0);
    const training = ticking();
    await worker.fit(there, many);
    ok(training() > 0, 'and while it trains');
  }),

  'two models train at once, to the bits that each has alone': within(async (worker, isthmus, off) => {
    const seeds = [1, 2];
    const models = await Promise.all(seeds.map((seed) => worker.autoencoder(spec(off), { seed })));
    const order: number[] = [];
    const wait = (i: number) => async () => {
      order.push(i);
      await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await Promise.all(models.map((m, i) => worker.fit(m, x, { ...strict, epochs: 3, onBatchEnd: wait(i) })));
    ok(order.join('').includes('010') || order.join('').includes('101'), `they took turns: ${order}`);
    for (const [i, seed] of seeds.entries()) {
      const alone = await build(isthmus, seed);
      await isthmus.fit(alone, x, { ...strict, epochs: 3 });
      sameBits(await worker.saveModel(models[i]!), isthmus.saveModel(alone));
    }
    await fails(
      // The first one waits for its callback after each batch, so it is under way when the second one begins.
      () => Promise.all([worker.fit(models[0]!, x, { epochs: 99, onBatchEnd: wait(0) }), worker.fit(models[0]!, x)]),
      'RangeError',
      /no other fit under way/,
    );
  }),

  'a worker that is ended rejects what is under way and what comes later': async (_, off) => {
    const worker = await off.spawn();
    const there = await worker.autoencoder(spec(off), { seed: 1 });
    let begun = (): void => {};
    const first = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const endless = worker.fit(there, x, { epochs: 1e6, onBatchEnd: () => begun() });
    await first;
    const other = there.encode(x);
    worker.terminate();
    for (const call of [endless, other, there.encode(x), worker.saveModel(there)])
      await fails(() => call, 'AbortError', /the worker was terminated/);
    worker.terminate();
  },
};
