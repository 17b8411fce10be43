import { equal, fails, type Isthmus, ok, sameBits, sheet } from './assert.ts';
import { spec, type WorkerSuite, within } from './off-thread.ts';
import { build, code, size, strict, x } from './small.ts';

/** The calls of the package, off the main thread. */
export const spawning: WorkerSuite = {
  'a model is trained to the bits that it has on the spot': within(async (worker, isthmus, off) => {
    const here = await build(isthmus);
    const there = await worker.autoencoder(spec(off), { seed: 1 });
    equal([there.inputShape, there.latentShape, there.parameterCount, there.seed], [[size], [8], 348, 1]);
    const batches: number[] = [];
    const epochs: number[] = [];
    const history = await worker.fit(there, x, {
      ...strict,
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
    const expected = await isthmus.fit(here, x, {
      ...strict,
      epochs: 3,
      optimizer: adam({ learningRate: cosine({ learningRate: 0.01, decaySteps: 20 }) }),
      corruption: mixture([gaussianNoise({ stddev: 0.1 }), maskingNoise({ rate: 0.2 })], { weights: [1, 2] }),
      validationData: x.subarray(0, 50 * size),
    });
    equal([history.loss, history.valLoss, epochs], [expected.loss, expected.valLoss, expected.loss]);
    equal(batches.length, 21);
    sameBits(await worker.saveModel(there), isthmus.saveModel(here));
    const z = await there.encode(x);
    sameBits(z, here.encode(x));
    sameBits(await there.decode(z), here.decode(z));
    sameBits((await there.weights)['encoder.0.kernel']!.data, here.weights['encoder.0.kernel']!.data);
    equal(await worker.evaluate(there, x), isthmus.evaluate(here, x));
    equal(await there.summary(), here.summary());
  }),

  'layers, optimizers and specs of isthmus and of isthmus/worker make the same models': within(
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
      const model = await worker.autoencoder(spec(off), { seed: 1 });
      for (const name of ['sgd', 'momentum', 'rmsprop', 'adam', 'adamw'] as const) {
        await worker.fit(model, x, { optimizer: isthmus[name](0.001) });
        await worker.fit(model, x, { optimizer: off[name](off.warmup({ steps: 3 })) });
        await worker.fit(model, x, { optimizer: isthmus[name]({ learningRate: isthmus.warmup({ steps: 3 }) }) });
      }
      const signals = await worker.autoencoder(off.signalAutoencoder({ input: [16, 1], latent: 2 }));
      const waves = sheet(40, 16);
      await worker.fit(signals, waves, { augment: [off.shift({ x: 2 }), isthmus.flip({ horizontal: true })] });
    },
  ),

  'streams come chunk by chunk, and no sooner than they are used': within(async (worker, isthmus, off) => {
    const here = await build(isthmus);
    const expected = await isthmus.fit(here, x, { ...strict, epochs: 2, shuffle: false, batchSize: 20 });
    let [opened, asked, trained, ahead] = [0, 0, 0, 0];
    async function* chunks() {
      opened++;
      for (let i = 0; i < 200; i += 20) {
        ahead = Math.max(ahead, asked - trained);
        asked++;
        yield off.transfer(x.slice(i * size, (i + 20) * size));
      }
    }
    const there = await worker.autoencoder(spec(off), { seed: 1 });
    const options = { ...strict, shuffle: false, batchSize: 20, onBatchEnd: () => void trained++ };
    const history = await worker.fit(there, chunks, { ...options, epochs: 2 });
    equal([history.loss, opened, asked, ahead], [expected.loss, 2, 20, 0]);
    sameBits(await worker.saveModel(there), isthmus.saveModel(here));
    await worker.fit(there, chunks(), options);
    await worker.fit(there, () => [x.subarray(0, 60), x.subarray(60, 200)], options);
    let closed = 0;
    const stop = new AbortController();
    async function* endless() {
      // Not by a clock from the beginning on: on a busy machine it would stop what has not been opened yet.
      setTimeout(() => stop.abort(), 20);
      try {
        while (true) yield x;
      } finally {
        closed++;
      }
    }
    await fails(() => worker.fit(there, endless, { signal: stop.signal }), 'AbortError', /./);
    const broken = new Error('the disk is gone');
    const failing = async function* () {
      yield x;
      throw broken;
    };
    const refitted = worker.fit(there, failing, { resume: false });
    equal(await refitted.catch((error) => error === broken), true, 'what the stream threw');
    await fails(
      () => worker.fit(there, () => 5 as never, { resume: false }),
      'TypeError',
      /"x\(\)" expected an iterable of samples, got 5/,
    );
    await worker.fit(there, x, { resume: false });
    equal(closed, 1, 'the stream was told');
  }),

  'an error has its class, its message and its code': within(async (worker, isthmus, off) => {
    const there = await worker.autoencoder(spec(off), { seed: 1 });
    const error = await fails(
      () => there.encode(x.subarray(0, 7)),
      'RangeError',
      /"x" expected a multiple of 20 values/,
    );
    ok(error instanceof RangeError, 'of this side');
    await fails(
      () => worker.autoencoder({ ...spec(off), encoder: [off.dense({ units: 0 })] }),
      'RangeError',
      /"dense.units" expected integer 1/,
    );
    await fails(
      () => worker.autoencoder({ ...spec(off), encoder: [{ type: 'dens' }] }),
      'TypeError',
      /"encoder\[0\]" expected a layer/,
    );
    await fails(() => worker.fit(there, x, { epoch: 3 } as object), 'TypeError', /no other options than epochs/);
    await fails(() => worker.fit({} as typeof there, x), 'TypeError', /"model" expected a model made by autoencoder/);
    await fails(
      () => worker.fit(there, Symbol('x') as never),
      'TypeError',
      /"arguments" expected values that can be sent/,
    );
    await fails(
      () => worker.autoencoder(spec(off), { engine: { name: 'mine' } }),
      'TypeError',
      /"engine" expected nothing/,
    );
    const bad = await fails(() => worker.loadModel(new Uint8Array(9)), 'FormatError', /./);
    equal(code(bad), 'corrupt');
    ok(bad instanceof isthmus.FormatError && bad instanceof off.FormatError, 'one class');
    const own = new Error('mine');
    const thrower = (): never => {
      throw own;
    };
    equal(await worker.fit(there, x, { onEpochEnd: thrower }).catch((e) => e === own), true, 'what a callback threw');
    const again = worker.fit(there, x, { onBatchEnd: async () => thrower(), resume: false });
    equal(await again.catch((e) => e === own), true);
    const other = await off.spawn();
    await fails(() => other.fit(there, x), 'TypeError', /expected objects of this worker/);
    other.terminate();
    await worker.fit(there, x, { resume: false });
  }),

  'what is given away is empty here, and all else is as it was': within(async (worker, _, off) => {
    const there = await worker.autoencoder(spec(off), { seed: 1 });
    const kept = x.slice();
    const rows = [x.slice(0, size), x.slice(size, 2 * size)];
    await there.encode(kept);
    await there.encode(rows);
    sameBits(kept, x);
    const z = await there.encode(off.transfer(kept));
    sameBits(z, await there.encode(x));
    equal([kept.length, z.byteLength === z.buffer.byteLength], [0, true]);
    await there.encode(off.transfer(rows));
    equal([rows[0]!.length, rows[1]!.length], [0, 0]);
    await fails(async () => off.transfer(5 as never), 'TypeError', /"value" expected typed arrays/);
  }),
};
