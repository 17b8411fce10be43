import { equal, fails, type Isthmus, numbers, ok, sameBits, sheet } from './assert.ts';
import { build, buildRich, code, size, strict, x } from './small.ts';

export type OffThread = typeof import('isthmus/worker');
/** Test bodies over the package in a worker and on the spot. */
export type WorkerSuite = Record<string, (isthmus: Isthmus, off: OffThread) => Promise<void>>;
type Spawned = Awaited<ReturnType<OffThread['spawn']>>;

/** A body with a worker, which is ended behind it. */
const within =
  (body: (worker: Spawned, isthmus: Isthmus, off: OffThread) => Promise<void>) =>
  async (isthmus: Isthmus, off: OffThread): Promise<void> => {
    const worker = await off.spawn();
    try {
      await body(worker, isthmus, off);
    } finally {
      worker.terminate();
    }
  };

const spec = ({ dense }: OffThread) => ({
  input: [size],
  encoder: [dense({ units: 8, activation: 'relu' })],
  decoder: [dense({ units: size, activation: 'sigmoid' })],
});

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

  'streams come chunk by chunk, and no sooner than they are used': within(async (worker, isthmus, off) => {
    const here = await build(isthmus);
    const expected = await isthmus.fit(here, x, { ...strict, epochs: 2, shuffle: false, batchSize: 20 });
    let opened = 0;
    let asked = 0;
    let trained = 0;
    let ahead = 0;
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
    async function* endless() {
      try {
        while (true) yield x;
      } finally {
        closed++;
      }
    }
    const stop = AbortSignal.timeout(20);
    await fails(() => worker.fit(there, endless, { signal: stop }), 'TimeoutError', /./);
    const broken = new Error('the disk is gone');
    const failing = async function* () {
      yield x;
      throw broken;
    };
    equal(await worker.fit(there, failing).catch((error) => error === broken), true, 'what the stream threw');
    await fails(
      () => worker.fit(there, () => 5 as never),
      'TypeError',
      /"x\(\)" expected an iterable of samples, got 5/,
    );
    await worker.fit(there, x);
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
    equal(await worker.fit(there, x, { onBatchEnd: async () => thrower() }).catch((e) => e === own), true);
    const other = await off.spawn();
    await fails(() => other.fit(there, x), 'TypeError', /expected objects of this worker/);
    other.terminate();
    await worker.fit(there, x);
  }),

  'a codec works there, whole and as streams': within(async (worker, isthmus, off) => {
    const there = await worker.autoencoder(spec(off), { seed: 1 });
    await worker.fit(there, x, { ...strict, epochs: 5 });
    const codec = await worker.createCodec(there, x, { maxError: 0.01, samplesPerBlock: 40 });
    const here = await isthmus.loadCodec(await codec.save());
    const bytes = await codec.compress(x);
    sameBits(bytes, here.compress(x));
    sameBits(await codec.decompress(bytes), here.decompress(bytes));
    equal([codec.mode, codec.inputShape], ['bounded', [size]]);
    const reader = await (await worker.loadCodec(await codec.save())).open(bytes);
    equal(reader.length, 200);
    sameBits(await reader.samples(60, 3), here.decompress(bytes).subarray(60 * size, 63 * size));
    const damaged = bytes.slice();
    damaged[damaged.length >> 1]! ^= 1;
    const seen: string[] = [];
    const onDamage = ({ error }: { error: Error }) => seen.push(`${error.name} ${code(error)}`);
    const left = await codec.decompress(damaged, { onDamage });
    equal([seen, left.length], [['FormatError corrupt'], x.length]);

    const part = (i: number) => x.slice(i * 700, (i + 1) * 700);
    let made = 0;
    const source = new ReadableStream(
      { pull: (c) => (made < 6 ? c.enqueue(part(made++)) : c.close()) },
      { highWaterMark: 0 },
    );
    const through = source.pipeThrough(await codec.compressionStream()).pipeThrough(await codec.decompressionStream());
    const values: number[] = [];
    const taken = through.getReader();
    for (let next = await taken.read(); !next.done; next = await taken.read())
      values.push(...(next.value as Float32Array));
    equal(values.length, x.length);
    ok(
      values.every((v, i) => Math.abs(v - x[i]!) <= 0.01),
      'within the bound',
    );
    const streamed: string[] = [];
    const lenient = await codec.decompressionStream({ onDamage: ({ error }) => streamed.push(error.name) });
    const writer = lenient.writable.getWriter();
    void writer.write(damaged).then(() => writer.close());
    for (const rest = lenient.readable.getReader(); !(await rest.read()).done; );
    equal(streamed, ['FormatError']);
    const { readable, writable } = await codec.decompressionStream();
    const feed = writable.getWriter();
    const failed = feed
      .write(damaged)
      .then(() => feed.close())
      .catch((error) => error);
    const read = readable.getReader();
    await fails(
      async () => {
        while (!(await read.read()).done);
      },
      'FormatError',
      /block/,
    );
    equal((await failed).name, 'FormatError');
  }),

  'a detector, a head, pictures and what is generated': within(async (worker, isthmus, off) => {
    const there = await worker.autoencoder(spec(off), { seed: 1 });
    await worker.fit(there, x, { ...strict, epochs: 3 });
    const here = await isthmus.loadModel(await worker.saveModel(there));
    const detector = await worker.anomalyDetector(there, x, { falsePositiveRate: 0.05 });
    const twin = await isthmus.anomalyDetector(here, x, { falsePositiveRate: 0.05 });
    equal([detector.threshold, detector.falsePositiveRate], [twin.threshold, 0.05]);
    ok(detector.model === there, 'the model is the one that is known');
    sameBits(await detector.score(x), twin.score(x));
    equal(await detector.detect(x), twin.detect(x));
    sameBits(await (await worker.loadDetector(await detector.save())).explain(x), twin.explain(x));
    const head = await worker.addHead(there, [off.dense({ units: 2, activation: 'softmax' })], { seed: 1 });
    await worker.fit(head, x, { ...strict, labels: Uint8Array.from({ length: 200 }, (_, i) => i % 2) });
    equal((await worker.classify(head, x)).length, 200);
    sameBits(
      await worker.interpolate(there, x.subarray(0, size), x.subarray(size, 2 * size), 4),
      isthmus.interpolate(here, x.subarray(0, size), x.subarray(size, 2 * size), 4),
    );
    const mixed = await worker.fitMixture(there, x, { components: 2 });
    sameBits(
      await worker.sample(there, 3, { seed: 7, from: mixed }),
      isthmus.sample(here, 3, { seed: 7, from: isthmus.fitMixture(here, x, { components: 2 }) }),
    );
    const tiles = await worker.autoencoder(
      {
        input: [4, 4, 1],
        encoder: [off.flatten(), off.dense({ units: 4 })],
        decoder: [off.dense({ units: 16 }), off.reshape({ targetShape: [4, 4, 1] })],
      },
      { seed: 2 },
    );
    const image = { data: Uint8ClampedArray.from(numbers(900), (v) => 128 + 99 * v), width: 30, height: 30 };
    const shares: number[] = [];
    const clean = await worker.denoiseImage(tiles, image, { overlap: 2, onProgress: (done) => shares.push(done) });
    equal([clean.width, clean.data.length, shares.at(-1)], [30, 900, 1]);
    const local = await isthmus.loadModel(await worker.saveModel(tiles));
    sameBits(clean.data, (await isthmus.denoiseImage(local, image, { overlap: 2 })).data);
    equal(await worker.estimateNoise(image), isthmus.estimateNoise(image));
  }),

  'files come as bytes, as a response and as a part of a larger buffer': within(async (worker, isthmus) => {
    const bytes = isthmus.saveModel(await buildRich(isthmus));
    const around = new Uint8Array(bytes.length + 100);
    around.set(bytes, 50);
    for (const source of [
      bytes,
      bytes.buffer,
      around.subarray(50, 50 + bytes.length),
      new DataView(around.buffer, 50, bytes.length),
      new Response(bytes),
    ]) {
      const model = await worker.loadModel(source, { layers: [isthmus.dense, isthmus.dropout, isthmus.gaussianNoise] });
      sameBits(await worker.saveModel(model), bytes);
    }
    const missing = await fails(() => worker.loadModel(new Response('', { status: 404 })), 'FormatError', /status 404/);
    equal(code(missing), 'truncated');
    equal(bytes.length > 0 && around.length, bytes.length + 100, 'nothing was taken away');
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
      () => Promise.all([worker.fit(models[0]!, x, { epochs: 99 }), worker.fit(models[0]!, x)]),
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
