// Inference on workers with their own memory, in Node: the workers do a part of the work, and may end at any moment.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { autoencoder, conv2d, denoiseImage, evaluate, type Model } from 'isthmus';
import { type Interference, watchWorkers, workersAreReady } from './workers.ts';

/** 3 ms for a hundred samples: much longer than a message. */
const build = (seed: number): Promise<Model> =>
  autoencoder(
    {
      input: [16, 16, 1],
      encoder: [conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' })],
      decoder: [conv2d({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' })],
    },
    { seed },
  );
const x = Float32Array.from({ length: 1200 * 256 }, (_, i) => ((i * 7919) % 256) / 255);
const picture = { width: 300, height: 200, data: Uint8Array.from({ length: 300 * 200 }, (_, i) => (i * 7919) % 256) };

/** Runs all functions with `threads` and compares them with one thread. */
async function compareAll(model: Model, threads: number): Promise<void> {
  assert.deepEqual(await model.reconstruct(x, { threads }), model.reconstruct(x));
  assert.deepEqual(await evaluate(model, x, { threads }), evaluate(model, x));
  const [one, more] = [await denoiseImage(model, picture), await denoiseImage(model, picture, { threads })];
  assert.deepEqual(more.data, one.data);
}

describe('inference on workers', () => {
  it('gives workers a part of the work, and the model gives the same bits', async () => {
    for (const threads of [2, 3]) {
      const tasks = await watchWorkers(async () => {
        const model = await build(1);
        // Until the workers have started, the calling thread computes alone.
        await compareAll(model, threads);
        await workersAreReady();
        await compareAll(model, threads);
      });
      assert.ok(tasks > 3, `${tasks} tasks`);
    }
  });

  it('uses the weights of each call', async () => {
    const tasks = await watchWorkers(async () => {
      const [model, other] = [await build(2), await build(3)];
      for (let i = 0; i < 4; i++) {
        model.setWeights(i % 2 ? (await build(3)).weights : (await build(4)).weights);
        assert.deepEqual(await model.encode(x, { threads: 2 }), model.encode(x));
        assert.deepEqual(await other.encode(x, { threads: 2 }), other.encode(x));
        await workersAreReady();
      }
    });
    assert.ok(tasks > 0, `${tasks} tasks`);
  });

  it('runs several calls at a time', async () => {
    const [model, other] = [await build(5), await build(6)];
    const expected = [model.encode(x), other.reconstruct(x), evaluate(model, x)];
    const calls = [
      model.encode(x, { threads: 2 }),
      other.reconstruct(x, { threads: 3 }),
      evaluate(model, x, { threads: 2 }),
    ];
    assert.deepEqual(await Promise.all(calls), expected);
  });

  /** What may happen to a worker, with `n` tasks before it happens. */
  const faults: Readonly<Record<string, (n: number) => Interference>> = {
    'is terminated': (n) => ({
      deliver(worker, _, tasks) {
        if (tasks > n) void worker.terminate();
        return true;
      },
    }),
    'is terminated while it works': (n) => ({
      deliver(worker, _, tasks) {
        if (tasks > n) setTimeout(() => worker.terminate(), 1);
        return true;
      },
    }),
    'gets a call of a kernel that traps': (n) => ({
      deliver(_, { calls }, tasks) {
        // The first argument of the last call is an address beyond the memory.
        if (calls && tasks > n) calls[calls.length - 15] = 2 ** 32 - 4;
        return true;
      },
    }),
    'cannot start': () => ({
      refuse() {
        throw new Error('no workers');
      },
    }),
    // This takes two seconds: the time after which the calling thread no longer waits.
    'does not answer': (n) => ({ deliver: (_, __, tasks) => tasks <= n }),
  };
  for (const [name, fault] of Object.entries(faults))
    it(`a worker that ${name} changes nothing`, async () => {
      for (const n of name === 'does not answer' ? [1] : [0, 1, 3]) {
        // Workers of other tests are not watched: they end first.
        await watchWorkers(async () => {
          const model = await build(7);
          await compareAll(model, 2);
          await workersAreReady();
          await compareAll(model, 2);
        }, fault(n));
      }
    });

  it('yields to the event loop', async () => {
    const model = await build(8);
    for (const threads of [1, 2]) {
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      await model.reconstruct(x, { threads });
      clearInterval(timer);
      assert.ok(turns > 2, `${turns} turns with ${threads} threads`);
    }
  });

  it('lets the process end', () => {
    const code = `import { autoencoder, dense } from 'isthmus';
      const spec = { input: [64], encoder: [dense({ units: 64 })], decoder: [dense({ units: 64 })] };
      const model = await autoencoder(spec, { seed: 1 });
      const x = new Float32Array(64 * 4000);
      for (let i = 0; i < 3; i++) await model.encode(x, { threads: 3 });
      console.log('done');`;
    const args = ['--input-type=module', '--eval', code];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'done\n', stderr: '' });
  });
});
