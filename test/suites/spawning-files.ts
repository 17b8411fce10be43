import { equal, fails, numbers, ok, sameBits } from './assert.ts';
import { deep } from './limits.ts';
import { spec, type WorkerSuite, within } from './off-thread.ts';
import { buildRich, code, size, strict, x } from './small.ts';

/** What is made of a model, off the main thread. */
export const spawningFiles: WorkerSuite = {
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

  'codecs and detectors tell how far they are, stop by a signal, and take bytes and bounds by channel': within(
    async (worker, isthmus, off) => {
      const there = await worker.autoencoder(spec(off), { seed: 1 });
      const told: number[] = [];
      const onProgress = (done: number): void => void told.push(done);
      const pixels = Uint8Array.from(x, (v) => 255 * Math.abs(v));
      const maxError = Array.from({ length: size }, (_, i) => i % 3);
      const codec = await worker.createCodec(there, pixels, { maxError, samplesPerBlock: 40, onProgress });
      ok(told.length > 2 && told.at(-1) === 1, `${told}`);
      equal(codec.values, 'uint8');
      const here = await isthmus.loadCodec<Uint8Array<ArrayBuffer>>(await codec.save());
      told.length = 0;
      const bytes = await codec.compressAsync(pixels, { onProgress });
      ok(told.length > 2 && told.at(-1) === 1, `${told}`);
      sameBits(bytes, here.compress(pixels), 'bytes');
      const back = await codec.decompressAsync(bytes, { onProgress });
      sameBits(back, here.decompress(bytes), 'values');
      ok(
        back.every((v, i) => Math.abs(v - pixels[i]!) <= maxError[i % size]!),
        'within the bounds',
      );
      for (const call of [
        (options: object) => worker.createCodec(there, x, { maxError: 0.01, ...options }),
        (options: object) => codec.compressAsync(pixels, options),
        (options: object) => codec.decompressAsync(bytes, options),
        (options: object) => worker.anomalyDetector(there, x, { falsePositiveRate: 0.05, ...options }),
      ]) {
        const controller = new AbortController();
        const stop = { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) };
        await fails(() => call(stop), 'Error', /enough/);
      }
    },
  ),

  'layers within layers go to a worker, as deep as a model has them, and nothing goes deeper': within(
    async (worker, isthmus) => {
      const model = await worker.autoencoder(deep(isthmus, 256), { seed: 1 });
      const own = await isthmus.autoencoder(deep(isthmus, 256), { seed: 1 });
      sameBits(await worker.saveModel(model), isthmus.saveModel(own), 'bytes');
      let list: unknown[] = [];
      for (let level = 0; level < 100_000; level++) list = [list];
      await fails(
        () => worker.loadModel(list as never),
        'RangeError',
        /"arguments" expected at most 1000 levels of objects/,
      );
    },
  ),

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
};
