// Training on workers without shared memory, as in a page that is not isolated: the weights depend neither on the number of workers nor
// on workers that end.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as isthmus from 'isthmus';
import { warnings } from '../suites/assert.ts';
import { type Interference, watchWorkers, workersAreReady } from './workers.ts';

// As in a page that is not isolated.
delete (globalThis as { SharedArrayBuffer?: unknown }).SharedArrayBuffer;

const { adam, autoencoder, batchNormalization, conv2d, conv2dTranspose, dense, fit, sgd } = isthmus;
type Options = isthmus.FitOptions;

const spec: isthmus.AutoencoderSpec = {
  input: [16, 16, 1],
  encoder: [
    conv2d({ filters: 24, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', l2: 1e-4 }),
    isthmus.dropout({ rate: 0.2 }),
    conv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'gelu' }),
  ],
  latent: isthmus.quantized({ step: 0.1 }),
  decoder: [conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' })],
};
const SIZE = 256;
/** Eight batches of 64 and one of 19. */
const x = Uint8Array.from({ length: (8 * 64 + 19) * SIZE }, (_, i) => (i * 7919) % 256);
const options: Options = { batchSize: 64, epochs: 2, optimizer: adam(0.003), seed: 3 };
/** Waits for the workers: until they have started, the calling thread computes all parts. */
const start = { onBatchEnd: (batch: number) => (batch === 0 ? workersAreReady() : undefined) };

/** The weights of a new model after training, end to end. */
async function train(more: Options, layers = spec): Promise<Float32Array> {
  const model = await autoencoder(layers, { seed: 1 });
  await fit(model, x, { ...options, ...start, ...more });
  return Float32Array.from(Object.values(model.weights).flatMap(({ data }) => [...data]));
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i]!)), 0);

describe('training on workers without shared memory', () => {
  it('gives the weights of one thread, but for rounding', async () => {
    const variants: Readonly<Record<string, Options>> = {
      plain: {},
      'corrupted and augmented samples': {
        corruption: isthmus.gaussianNoise({ stddev: 0.1 }),
        augment: isthmus.flip({ horizontal: true }),
      },
      'weights of samples': { sampleWeight: Float32Array.from({ length: x.length / SIZE }, (_, i) => (i % 5) / 2) },
      'other targets, and a rate': { targets: x.map((v) => 255 - v), rateWeight: 0.01 },
      'clipped gradients, validation and no last batch': { clipNorm: 0.01, validationSplit: 0.2, dropLast: true },
    };
    for (const [name, variant] of Object.entries(variants)) {
      // SGD, because Adam turns rounding of small gradients into steps of full size.
      const more = { optimizer: sgd(0.05), ...variant };
      const one = await train(more);
      let two = one;
      const tasks = await watchWorkers(async () => {
        two = await train({ ...more, threads: 2 });
      });
      assert.ok(tasks > 0, `${name}: ${tasks} tasks`);
      const difference = largestDifference(one, two);
      assert.ok(difference < 2e-7, `${name}: ${difference}`);
    }
  });

  it('reports the losses and rates of one thread, but for rounding', async () => {
    const run = async (threads: number) => {
      const logs: number[] = [];
      const onBatchEnd = (batch: number, { loss, rate }: isthmus.BatchLogs): unknown => {
        logs.push(loss, rate!);
        return start.onBatchEnd(batch);
      };
      await train({ threads, rateWeight: 0.01, optimizer: sgd(0.05), onBatchEnd });
      return logs;
    };
    const [one, two] = [await run(1), await run(3)];
    assert.equal(one.length, 36);
    for (const [i, value] of one.entries()) assert.ok(Math.abs(two[i]! / value - 1) < 1e-5, `${two[i]}, ${value}`);
  });

  it('gives the same bits with any number of workers', async () => {
    const two = await train({ threads: 2 });
    for (const threads of [3, 5] as const) {
      const tasks = await watchWorkers(async () => assert.deepEqual(await train({ threads }), two));
      assert.ok(tasks > 0, `${tasks} tasks`);
    }
  });

  const faults: Readonly<Record<string, (n: number) => Interference>> = {
    'is terminated before a task': (n) => ({
      deliver(worker, _, tasks) {
        if (tasks === n) void worker.terminate();
        return true;
      },
    }),
    'is terminated in a task': (n) => ({
      deliver(worker, _, tasks) {
        if (tasks === n) setTimeout(() => worker.terminate(), n % 2);
        return true;
      },
    }),
    'fails in a task': (n) => ({
      deliver(_, { calls }, tasks) {
        // The first argument of the first call is an address beyond the memory.
        if (calls && tasks === n) calls[1] = 2 ** 32 - 4;
        return true;
      },
    }),
    'cannot start': () => ({
      refuse() {
        throw new Error('no workers');
      },
    }),
    // This takes two seconds: the time after which the calling thread no longer waits.
    'does not answer a task': (n) => ({ deliver: (_, __, tasks) => tasks !== n }),
  };
  for (const [name, fault] of Object.entries(faults))
    it(`gives the same bits where a worker ${name}`, async () => {
      const expected = await train({ threads: 2 });
      for (const n of name === 'does not answer a task' ? [3] : [1, 2, 7])
        await watchWorkers(async () => {
          if (name !== 'cannot start') assert.deepEqual(await train({ threads: 3 }), expected, `task ${n}`);
          else await warnings(() => train({ threads: 3 }));
        }, fault(n));
    });

  it('stops at an abort or an error of a callback, and resumes to the same bits', async () => {
    const expected = await train({ threads: 2 });
    const reason = new Error('enough');
    for (const stop of ['abort', 'callback'] as const) {
      const model = await autoencoder(spec, { seed: 1 });
      const controller = new AbortController();
      const onBatchEnd = async (batch: number, { epoch }: isthmus.BatchLogs): Promise<void> => {
        await start.onBatchEnd(batch);
        if (epoch !== 1 || batch !== 4) return;
        if (stop === 'callback') throw reason;
        controller.abort(reason);
      };
      const stopped = fit(model, x, { ...options, threads: 3, onBatchEnd, signal: controller.signal });
      await assert.rejects(stopped, reason);
      await fit(model, x, { ...options, threads: 2, resume: true });
      const weights = Float32Array.from(Object.values(model.weights).flatMap(({ data }) => [...data]));
      assert.deepEqual(weights, expected, stop);
    }
  });

  it('leaves the model usable between two steps', async () => {
    const model = await autoencoder(spec, { seed: 1 });
    const codes: number[] = [];
    const timer = setInterval(() => codes.push(model.encode(x.subarray(0, SIZE)).length), 1);
    await fit(model, x, { ...options, threads: 2, ...start });
    clearInterval(timer);
    assert.ok(codes.length > 1);
    const weights = Float32Array.from(Object.values(model.weights).flatMap(({ data }) => [...data]));
    assert.deepEqual(weights, await train({ threads: 2 }));
  });

  /** Runs that are not divided: their bits would differ, or they would not become faster. */
  const undivided: Readonly<Record<string, { layers?: isthmus.AutoencoderSpec; more?: Options; reason: RegExp }>> = {
    'strict training': { more: { deterministic: true }, reason: /deterministic training uses one thread/ },
    'statistics of the batch': {
      layers: { ...spec, encoder: [...spec.encoder, batchNormalization()] },
      reason: /statistics or penalties over all samples/,
    },
    'a penalty on the encoder': {
      layers: { input: [256], encoder: [dense({ units: 64 })], decoder: [dense({ units: 256 })] },
      more: { contractive: isthmus.contractive({ weight: 0.01 }) },
      reason: /statistics or penalties over all samples/,
    },
    'many weights': {
      layers: { input: [256], encoder: [dense({ units: 512 })], decoder: [dense({ units: 256 })] },
      reason: /too little arithmetic for its weights/,
    },
    'short steps': { more: { batchSize: 8 }, reason: /too little arithmetic for its weights/ },
  };
  for (const [name, { layers, more, reason }] of Object.entries(undivided))
    it(`runs on one thread, with the same bits and a warning, for ${name}`, async () => {
      const one = await train({ ...more }, layers);
      const tasks = await watchWorkers(async () => {
        const said = await warnings(async () => assert.deepEqual(await train({ ...more, threads: 2 }, layers), one));
        assert.equal(said.length, 1);
        assert.match(said[0]!, reason);
        // `auto` does not ask for several threads, so there is no warning.
        const silent = await warnings(async () =>
          assert.deepEqual(await train({ ...more, threads: 'auto' }, layers), one),
        );
        assert.deepEqual(silent, []);
      });
      assert.equal(tasks, 0);
    });
});
