import { equal, fails, type Isthmus, ok, sameBits, sheetSamples } from './assert.ts';
import { buildModel, codeOf, deterministicOptions, size, x } from './small-model.ts';
import { type WorkerSuite, withWorker, workerSpec } from './worker-suite.ts';

/** Calls of the package in a worker. */
export const spawning: WorkerSuite = {
  'a model trained in a worker has the bits of one trained on the main thread': withWorker(
    async (worker, isthmus, off) => {
      const local = await buildModel(isthmus);
      const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
      equal([remote.inputShape, remote.latentShape, remote.parameterCount, remote.seed], [[size], [8], 348, 1]);
      const batches: number[] = [];
      const epochs: number[] = [];
      const history = await worker.fit(remote, x, {
        ...deterministicOptions,
        epochs: 3,
        optimizer: off.adam({ learningRate: off.cosine({ learningRate: 0.01, decaySteps: 20 }) }),
        corruption: off.mixture([off.gaussianNoise({ stddev: 0.1 }), off.maskingNoise({ rate: 0.2 })], {
          weights: [1, 2],
        }),
        validationData: x.subarray(0, 50 * size),
        onBatchEnd: (batch, { epoch }) => batches.push(10 * epoch + batch),
        onEpochEnd: (_, { loss }) => epochs.push(loss),
      });
      const { adam, cosine, mixture, gaussianNoise, maskingNoise } = isthmus;
      const expected = await isthmus.fit(local, x, {
        ...deterministicOptions,
        epochs: 3,
        optimizer: adam({ learningRate: cosine({ learningRate: 0.01, decaySteps: 20 }) }),
        corruption: mixture([gaussianNoise({ stddev: 0.1 }), maskingNoise({ rate: 0.2 })], { weights: [1, 2] }),
        validationData: x.subarray(0, 50 * size),
      });
      equal([history.loss, history.valLoss, epochs], [expected.loss, expected.valLoss, expected.loss]);
      equal(batches.length, 21);
      sameBits(await worker.saveModel(remote), isthmus.saveModel(local));
      const z = await remote.encode(x);
      sameBits(z, local.encode(x));
      sameBits(await remote.decode(z), local.decode(z));
      sameBits((await remote.weights)['encoder.0.kernel']!.data, local.weights['encoder.0.kernel']!.data);
      equal(await worker.evaluate(remote, x), isthmus.evaluate(local, x));
      equal(await remote.summary(), local.summary());
    },
  ),

  'layers, optimizers and specs of isthmus and of isthmus/worker give the same models': withWorker(
    async (worker, isthmus, off) => {
      const { conv2d, residual, flatten, reshape, variational, dense } = isthmus;
      const input = [4, 4, 1];
      const deep = (l: Pick<Isthmus, 'conv2d' | 'residual' | 'flatten' | 'reshape' | 'variational' | 'dense'>) => ({
        input,
        encoder: [l.residual({ layers: [l.conv2d({ filters: 1, kernelSize: 3, padding: 'same' })] }), l.flatten()],
        latent: l.variational({ units: 2 }),
        decoder: [l.dense({ units: 16 }), l.reshape({ targetShape: input })],
      });
      const own = { conv2d, residual, flatten, reshape, variational, dense };
      for (const [first, second] of [
        [deep(own), deep(off as unknown as typeof own)],
        [
          isthmus.convAutoencoder({ input: [8, 8, 1], latent: 4 }),
          off.convAutoencoder({ input: [8, 8, 1], latent: 4 }),
        ],
        [
          isthmus.convAutoencoder({ input: [9, 7, 1], latent: 4 }),
          off.convAutoencoder({ input: [9, 7, 1], latent: 4 }),
        ],
        [
          { input: [3, 3, 1], encoder: [isthmus.zeroPadding2d(), isthmus.cropping2d({ cropping: 1 })], decoder: [] },
          { input: [3, 3, 1], encoder: [off.zeroPadding2d(), off.cropping2d({ cropping: 1 })], decoder: [] },
        ],
      ] as const) {
        const expected = isthmus.saveModel(await isthmus.autoencoder(first as never, { seed: 3 }));
        for (const one of [first, second]) {
          const model = await worker.autoencoder(one as never, { seed: 3 });
          sameBits(await worker.saveModel(model), expected);
          sameBits(
            await worker.saveModel(await worker.autoencoder(model.spec, { seed: 3 })),
            expected,
            'from its spec',
          );
        }
      }
      const model = await worker.autoencoder(workerSpec(off), { seed: 1 });
      for (const name of ['sgd', 'momentum', 'rmsprop', 'adam', 'adamw'] as const) {
        await worker.fit(model, x, { optimizer: isthmus[name](0.001) });
        await worker.fit(model, x, { optimizer: off[name](off.warmup({ steps: 3 })) });
        await worker.fit(model, x, { optimizer: isthmus[name]({ learningRate: isthmus.warmup({ steps: 3 }) }) });
      }
      const signals = await worker.autoencoder(off.signalAutoencoder({ input: [16, 1], latent: 2 }));
      const waves = sheetSamples(40, 16);
      await worker.fit(signals, waves, { augment: [off.shift({ x: 2 }), isthmus.flip({ horizontal: true })] });
    },
  ),

  'a worker reads streams chunk by chunk, and reads no chunk before it is needed': withWorker(
    async (worker, isthmus, off) => {
      const local = await buildModel(isthmus);
      const expected = await isthmus.fit(local, x, {
        ...deterministicOptions,
        epochs: 2,
        shuffle: false,
        batchSize: 20,
      });
      let [opened, requested, trained, maxAhead] = [0, 0, 0, 0];
      async function* chunks() {
        opened++;
        for (let i = 0; i < 200; i += 20) {
          maxAhead = Math.max(maxAhead, requested - trained);
          requested++;
          yield off.transfer(x.slice(i * size, (i + 20) * size));
        }
      }
      const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
      const options = { ...deterministicOptions, shuffle: false, batchSize: 20, onBatchEnd: () => void trained++ };
      const history = await worker.fit(remote, chunks, { ...options, epochs: 2 });
      equal([history.loss, opened, requested, maxAhead], [expected.loss, 2, 20, 0]);
      sameBits(await worker.saveModel(remote), isthmus.saveModel(local));
      await worker.fit(remote, chunks(), options);
      await worker.fit(remote, () => [x.subarray(0, 60), x.subarray(60, 200)], options);
      let closed = 0;
      const stop = new AbortController();
      async function* endless() {
        // The timer starts here: on a busy machine a timer from before `fit` could abort before the stream is opened.
        setTimeout(() => stop.abort(), 20);
        try {
          while (true) yield x;
        } finally {
          closed++;
        }
      }
      await fails(() => worker.fit(remote, endless, { signal: stop.signal }), 'AbortError', /./);
      const broken = new Error('the disk is gone');
      const failing = async function* () {
        yield x;
        throw broken;
      };
      const refitted = worker.fit(remote, failing, { resume: false });
      equal(await refitted.catch((error) => error === broken), true, 'what the stream threw');
      await fails(
        () => worker.fit(remote, () => 5 as never, { resume: false }),
        'TypeError',
        /"x\(\)" expected an iterable of samples, got 5/,
      );
      await worker.fit(remote, x, { resume: false });
      equal(closed, 1, 'the stream was closed');
    },
  ),

  'an error of a worker has its class, its message and its code': withWorker(async (worker, isthmus, off) => {
    const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
    const error = await fails(
      () => remote.encode(x.subarray(0, 7)),
      'RangeError',
      /"x" expected a multiple of 20 values/,
    );
    ok(error instanceof RangeError, 'a RangeError of the main thread');
    await fails(
      () => worker.autoencoder({ ...workerSpec(off), encoder: [off.dense({ units: 0 })] }),
      'RangeError',
      /"dense.units" expected integer 1/,
    );
    await fails(
      () => worker.autoencoder({ ...workerSpec(off), encoder: [{ type: 'dens' }] }),
      'TypeError',
      /"encoder\[0\]" expected a layer/,
    );
    await fails(() => worker.fit(remote, x, { epoch: 3 } as object), 'TypeError', /no other options than epochs/);
    await fails(() => worker.fit({} as typeof remote, x), 'TypeError', /"model" expected a model made by autoencoder/);
    await fails(
      () => worker.fit(remote, Symbol('x') as never),
      'TypeError',
      /"arguments" expected values that can be sent/,
    );
    await fails(
      () => worker.autoencoder(workerSpec(off), { engine: { name: 'mine' } }),
      'TypeError',
      /"engine" expected nothing/,
    );
    const bad = await fails(() => worker.loadModel(new Uint8Array(9)), 'FormatError', /./);
    equal(codeOf(bad), 'corrupt');
    ok(bad instanceof isthmus.FormatError && bad instanceof off.FormatError, 'both entries export the same class');
    const callbackError = new Error('mine');
    const thrower = (): never => {
      throw callbackError;
    };
    equal(
      await worker.fit(remote, x, { onEpochEnd: thrower }).catch((e) => e === callbackError),
      true,
      'what a callback threw',
    );
    const again = worker.fit(remote, x, { onBatchEnd: async () => thrower(), resume: false });
    equal(await again.catch((e) => e === callbackError), true);
    const other = await off.spawn();
    await fails(() => other.fit(remote, x), 'TypeError', /expected objects of this worker/);
    other.terminate();
    await worker.fit(remote, x, { resume: false });
  }),

  'transferred arrays are empty on the main thread, all others unchanged': withWorker(async (worker, _, off) => {
    const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
    const copy = x.slice();
    const rows = [x.slice(0, size), x.slice(size, 2 * size)];
    await remote.encode(copy);
    await remote.encode(rows);
    sameBits(copy, x);
    const z = await remote.encode(off.transfer(copy));
    sameBits(z, await remote.encode(x));
    equal([copy.length, z.byteLength === z.buffer.byteLength], [0, true]);
    await remote.encode(off.transfer(rows));
    equal([rows[0]!.length, rows[1]!.length], [0, 0]);
    await fails(async () => off.transfer(5 as never), 'TypeError', /"value" expected typed arrays/);
  }),
};
