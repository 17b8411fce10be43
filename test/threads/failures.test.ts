// Training with threads behaves as on one thread after errors, aborts and ended workers.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it, mock } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sharesOfWorkers, sleep, workers } from './harness.ts';

const isthmus = await import('../../src/index.ts');
const { adam, autoencoder, conv2d, conv2dTranspose, dense, fit, loadCheckpoint, saveCheckpoint, saveModel } = isthmus;
const { engineOf } = await import('../../src/model/model.ts');

type Options = NonNullable<Parameters<typeof fit>[2]>;
type Model = Awaited<ReturnType<typeof autoencoder>>;

const noise = (n: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 1000) / 1000);
const BATCH = 32;
const SIZE = 14 * 14;
const conv = (seed = 1): Promise<Model> =>
  autoencoder(
    {
      input: [14, 14, 1],
      encoder: [conv2d({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })],
      decoder: [conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' })],
    },
    { seed },
  );
const wide = (seed = 1): Promise<Model> =>
  autoencoder(
    { input: [SIZE], encoder: [dense({ units: 200, activation: 'relu' })], decoder: [dense({ units: SIZE })] },
    { seed },
  );
const x = noise(20 * BATCH * SIZE);
const options: Options = { batchSize: BATCH, deterministic: true, optimizer: adam(0.01) };
const bytesOf = async (model: Model): Promise<string> => Buffer.from(await saveModel(model)).toString('base64');
/** The file of a model that one thread has trained. */
const expected = async (make: () => Promise<Model>, epochs: number): Promise<string> => {
  const model = await make();
  await fit(model, x, { ...options, epochs });
  return bytesOf(model);
};
/** Lets the workers start after the first batch. */
const start = (batch: number): unknown => (batch === 0 ? sleep(200) : undefined);
const isShared = (model: Model): boolean => engineOf(model).memory.wasm.buffer instanceof SharedArrayBuffer;

describe('training with threads', () => {
  it('moves the model to a shared memory, and back at the end', async () => {
    const model = await wide();
    const before = sharesOfWorkers();
    let shared = false;
    const onBatchEnd = (batch: number): unknown => {
      shared ||= isShared(model);
      return start(batch);
    };
    for (let attempt = 0; attempt < 20 && sharesOfWorkers() === before; attempt++)
      await fit(model, x, { ...options, threads: 2, onBatchEnd });
    assert.ok(shared);
    assert.ok(sharesOfWorkers() > before);
    assert.equal(isShared(model), false);
  });

  for (const [name, make] of [['convolutions', conv], ['dense layers', wide]] as const) {
    it(`gives the same weights when workers end at any moment: ${name}`, async () => {
      const one = await expected(make, 2);
      let ended = 0;
      for (let attempt = 0; attempt < 6; attempt++) {
        const model = await make();
        await fit(model, x, {
          ...options,
          epochs: 2,
          threads: 3,
          onBatchEnd(batch, { epoch }) {
            if (epoch === 0 && batch === 0) return sleep(200);
            // The thread ends some microseconds later, while the next step runs.
            const [worker] = workers;
            if (worker && epoch === 0 && batch === 4 + attempt) {
              worker.terminate();
              ended++;
            }
            if (epoch === 1 && batch === 3) for (const worker of workers) worker.terminate();
            return undefined;
          },
        });
        assert.equal(await bytesOf(model), one, `attempt ${attempt}`);
      }
      assert.ok(ended > 2, `${ended} workers ended`);
    });
  } // biome-ignore format: two rows

  it('rejects with the reason of an abort, and resumes with other numbers of threads', async () => {
    const one = await expected(conv, 3);
    const model = await conv();
    const stop = new AbortController();
    const interrupted = fit(model, x, {
      ...options,
      epochs: 3,
      threads: 2,
      signal: stop.signal,
      async onBatchEnd(batch, { epoch }) {
        await start(batch + epoch);
        if (epoch === 1 && batch === 7) stop.abort(new Error('enough'));
      },
    });
    await assert.rejects(interrupted, /enough/);
    assert.equal(isShared(model), false);
    const copy = await loadCheckpoint(await saveCheckpoint(model));
    await fit(model, x, { ...options, epochs: 3, threads: 3, resume: true });
    assert.equal(await bytesOf(model), one);
    await fit(copy.model, x, { ...options, epochs: 3, resume: copy.history });
    assert.equal(await bytesOf(copy.model), one);
  });

  it('rejects with the error of a callback, in which a checkpoint can be saved and the model run', async () => {
    const model = await conv();
    const reference = await conv();
    await fit(reference, x, { ...options, epochs: 1 });
    let checkpoint = new Uint8Array();
    const failing = fit(model, x, {
      ...options,
      epochs: 2,
      threads: 2,
      onBatchEnd: start,
      async onEpochEnd() {
        checkpoint = await saveCheckpoint(model);
        // More samples than the batch: the memory grows.
        assert.deepEqual(model.reconstruct(x), reference.reconstruct(x));
        throw new Error('callback');
      },
    });
    await assert.rejects(failing, /callback/);
    assert.equal(await bytesOf((await loadCheckpoint(checkpoint)).model), await bytesOf(reference));
    assert.equal(await bytesOf(model), await bytesOf(reference));
  });

  it('restores good weights with the error of one thread when the loss is not finite', async () => {
    const diverge = async (threads: number): Promise<[string, string]> => {
      const model = await wide();
      const run = fit(model, x, { ...options, threads, optimizer: isthmus.sgd(1e30), epochs: 4, onBatchEnd: start });
      const message = await run.then(() => 'no error', (error: Error) => error.message);
      return [message, await bytesOf(model)];
    };
    const one = await diverge(1);
    assert.match(one[0], /restored/);
    assert.deepEqual(await diverge(2), one);
  }); // biome-ignore format: one line

  it('uses the workers of an earlier run again', async () => {
    const before = new Set(workers);
    for (const make of [conv, wide]) {
      const model = await make();
      await fit(model, x, { ...options, epochs: 2, threads: 3, onBatchEnd: start });
      assert.equal(await bytesOf(model), await expected(make, 2));
    }
    const started = [...workers].filter((worker) => !before.has(worker));
    assert.ok(started.length <= 2, `${started.length} workers for two runs of three threads`);
  });

  it('trains two models at once', async () => {
    const models = await Promise.all([conv(), wide()]);
    await Promise.all(models.map((model) => fit(model, x, { ...options, epochs: 2, threads: 2, onBatchEnd: start })));
    assert.equal(await bytesOf(models[0]), await expected(conv, 2));
    assert.equal(await bytesOf(models[1]), await expected(wide, 2));
  });

  it('validates, stops early and restores the best weights as one thread does', async () => {
    const run = async (threads: number): Promise<unknown> => {
      const model = await wide();
      const history = await fit(model, x, {
        ...options,
        epochs: 4,
        threads,
        validationSplit: 0.3,
        earlyStopping: { patience: 1, restoreBest: true },
        onBatchEnd: start,
      });
      return [history.loss, history.valLoss, history.epoch, await bytesOf(model)];
    };
    assert.deepEqual(await run(2), await run(1));
  });

  it('is one thread where workers are refused, with one warning for a number and none for auto', async () => {
    const one = await expected(wide, 1);
    const page = globalThis as { Worker?: unknown };
    page.Worker = class {
      constructor() {
        throw new Error('no workers here');
      }
    };
    const warn = mock.method(console, 'warn', () => {});
    try {
      for (const threads of ['auto', 4] as const) {
        const model = await wide();
        await fit(model, x, { ...options, threads });
        assert.equal(await bytesOf(model), one);
      }
    } finally {
      page.Worker = undefined;
      warn.mock.restore();
    }
    const messages = warn.mock.calls.map(({ arguments: [message] }) => String(message));
    assert.equal(messages.length, 1, messages.join('\n'));
    assert.match(messages[0]!, /fewer threads than 4/);
  });

  it('does not divide the steps of a small model, nor move its memory', async () => {
    const model = await autoencoder(
      { input: [8], encoder: [dense({ units: 2 })], decoder: [dense({ units: 8 })] },
      { seed: 1 },
    );
    const before = workers.size;
    await fit(model, noise(80), { threads: 4, onBatchEnd: () => assert.equal(isShared(model), false) });
    assert.ok(workers.size <= before);
  });

  it('checks the option', async () => {
    const model = await wide();
    const cases: [unknown, typeof TypeError | typeof RangeError, string][] = [
      [0, RangeError, '"threads" expected \'auto\' or integer 1..64, got 0'],
      [65, RangeError, '"threads" expected \'auto\' or integer 1..64, got 65'],
      [1.5, RangeError, '"threads" expected \'auto\' or integer 1..64, got 1.5'],
      ['many', RangeError, '"threads" expected \'auto\' or integer 1..64, got "many"'],
      [true, TypeError, '"threads" expected \'auto\' or integer 1..64, got true'],
    ];
    for (const [threads, type, message] of cases)
      await assert.rejects(fit(model, x, { threads: threads as number }), (error: Error) => {
        assert.ok(error instanceof type);
        assert.equal(error.message, message);
        return true;
      });
  });

  it('lets the process end', () => {
    const index = JSON.stringify(new URL('../../src/index.ts', import.meta.url).href);
    const code = `
      import { autoencoder, dense, fit } from ${index};
      const model = await autoencoder({ input: [200], encoder: [dense({ units: 200 })], decoder: [dense({ units: 200 })] });
      await fit(model, new Float32Array(64 * 200), { threads: 3, epochs: 2, onEpochEnd: () => new Promise((r) => setTimeout(r, 100)) });
      console.log('end');`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      timeout: 60_000,
      encoding: 'utf8',
    });
    assert.equal(stdout, 'end\n');
    assert.equal(status, 0);
  });
});
