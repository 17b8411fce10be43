import { equal, fails, numbers, ok, sameBits } from './assert.ts';
import { specOfLevels } from './limits.ts';
import { buildRegularizedModel, codeOf, deterministicOptions, size, x } from './small-model.ts';
import { type WorkerSuite, withWorker, workerSpec } from './worker-suite.ts';

/** Codecs, detectors, heads and files in a worker. */
export const spawningFiles: WorkerSuite = {
  'a codec of a worker compresses arrays and streams': withWorker(async (worker, isthmus, off) => {
    const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
    await worker.fit(remote, x, { ...deterministicOptions, epochs: 5 });
    const codec = await worker.createCodec(remote, x, { maxError: 0.01, samplesPerBlock: 40 });
    const local = await isthmus.loadCodec(await codec.save());
    const bytes = await codec.compress(x);
    sameBits(bytes, local.compress(x));
    sameBits(await codec.decompress(bytes), local.decompress(bytes));
    equal([codec.mode, codec.inputShape], ['bounded', [size]]);
    const reader = await (await worker.loadCodec(await codec.save())).open(bytes);
    equal(reader.length, 200);
    sameBits(await reader.samples(60, 3), local.decompress(bytes).subarray(60 * size, 63 * size));
    const damaged = bytes.slice();
    damaged[damaged.length >> 1]! ^= 1;
    const seen: string[] = [];
    const onDamage = ({ error }: { error: Error }) => seen.push(`${error.name} ${codeOf(error)}`);
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

  'detectors, heads, denoised pictures and generated samples of a worker equal those of the main thread': withWorker(
    async (worker, isthmus, off) => {
      const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
      await worker.fit(remote, x, { ...deterministicOptions, epochs: 3 });
      const local = await isthmus.loadModel(await worker.saveModel(remote));
      const detector = await worker.anomalyDetector(remote, x, { falsePositiveRate: 0.05 });
      const localDetector = await isthmus.anomalyDetector(local, x, { falsePositiveRate: 0.05 });
      equal([detector.threshold, detector.falsePositiveRate], [localDetector.threshold, 0.05]);
      ok(detector.model === remote, 'the model object of the worker');
      sameBits(await detector.score(x), localDetector.score(x));
      equal(await detector.detect(x), localDetector.detect(x));
      sameBits(await (await worker.loadDetector(await detector.save())).explain(x), localDetector.explain(x));
      const head = await worker.addHead(remote, [off.dense({ units: 2, activation: 'softmax' })], { seed: 1 });
      await worker.fit(head, x, { ...deterministicOptions, labels: Uint8Array.from({ length: 200 }, (_, i) => i % 2) });
      equal((await worker.classify(head, x)).length, 200);
      sameBits(
        await worker.interpolate(remote, x.subarray(0, size), x.subarray(size, 2 * size), 4),
        isthmus.interpolate(local, x.subarray(0, size), x.subarray(size, 2 * size), 4),
      );
      const mixed = await worker.fitMixture(remote, x, { components: 2 });
      sameBits(
        await worker.sample(remote, 3, { seed: 7, from: mixed }),
        isthmus.sample(local, 3, { seed: 7, from: isthmus.fitMixture(local, x, { components: 2 }) }),
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
      const localTiles = await isthmus.loadModel(await worker.saveModel(tiles));
      sameBits(clean.data, (await isthmus.denoiseImage(localTiles, image, { overlap: 2 })).data);
      equal(await worker.estimateNoise(image), isthmus.estimateNoise(image));
    },
  ),

  'codecs and detectors report progress, stop by a signal, and accept bytes and bounds for each channel': withWorker(
    async (worker, isthmus, off) => {
      const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
      const reported: number[] = [];
      const onProgress = (done: number): void => void reported.push(done);
      const pixels = Uint8Array.from(x, (v) => 255 * Math.abs(v));
      const maxError = Array.from({ length: size }, (_, i) => i % 3);
      const codec = await worker.createCodec(remote, pixels, { maxError, samplesPerBlock: 40, onProgress });
      ok(reported.length > 2 && reported.at(-1) === 1, `${reported}`);
      equal(codec.values, 'uint8');
      const local = await isthmus.loadCodec<Uint8Array<ArrayBuffer>>(await codec.save());
      reported.length = 0;
      const bytes = await codec.compressAsync(pixels, { onProgress });
      ok(reported.length > 2 && reported.at(-1) === 1, `${reported}`);
      sameBits(bytes, local.compress(pixels), 'bytes');
      const back = await codec.decompressAsync(bytes, { onProgress });
      sameBits(back, local.decompress(bytes), 'values');
      ok(
        back.every((v, i) => Math.abs(v - pixels[i]!) <= maxError[i % size]!),
        'within the bounds',
      );
      for (const call of [
        (options: object) => worker.createCodec(remote, x, { maxError: 0.01, ...options }),
        (options: object) => codec.compressAsync(pixels, options),
        (options: object) => codec.decompressAsync(bytes, options),
        (options: object) => worker.anomalyDetector(remote, x, { falsePositiveRate: 0.05, ...options }),
      ]) {
        const controller = new AbortController();
        const stop = { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) };
        await fails(() => call(stop), 'Error', /enough/);
      }
    },
  ),

  'nested layers are sent to a worker up to the depth limit of a model, deeper objects are refused': withWorker(
    async (worker, isthmus) => {
      const model = await worker.autoencoder(specOfLevels(isthmus, 256), { seed: 1 });
      const localModel = await isthmus.autoencoder(specOfLevels(isthmus, 256), { seed: 1 });
      sameBits(await worker.saveModel(model), isthmus.saveModel(localModel), 'bytes');
      let list: unknown[] = [];
      for (let level = 0; level < 100_000; level++) list = [list];
      await fails(
        () => worker.loadModel(list as never),
        'RangeError',
        /"arguments" expected at most 1000 levels of objects/,
      );
    },
  ),

  'a worker loads files from bytes, a Response and a view of a larger buffer': withWorker(async (worker, isthmus) => {
    const bytes = isthmus.saveModel(await buildRegularizedModel(isthmus));
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
    equal(codeOf(missing), 'truncated');
    equal(bytes.length > 0 && around.length, bytes.length + 100, 'no buffer is transferred');
  }),
};
