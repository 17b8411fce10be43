// Asynchronous codecs and detectors: progress, yielding to the event loop, and signals.
import { equal, fails, ok, type Suite, sameBits, sheetSamples } from './assert.ts';
import { SIZE } from './compressing.ts';

type Values = Float32Array | Uint8Array;

export const asyncCodecs: Suite = {
  async 'compressAsync and decompressAsync give the same results, report progress and yield'(isthmus) {
    const { autoencoder, createCodec, dense } = isthmus;
    const spec = { input: [SIZE], encoder: [dense({ units: 2 })], decoder: [dense({ units: SIZE })] };
    const model = await autoencoder(spec, { seed: 1 });
    const x = sheetSamples(400, SIZE, 3);
    const pixels = Uint8Array.from(x, (v) => 255 * v);
    for (const [values, options] of [
      [x, { maxError: 0.01 }],
      [x, { psnr: 60 }],
      [x, { step: 0.1 }],
      [pixels, { lossless: true }],
      [pixels, { maxError: 3 }],
    ] as const) {
      const progress: number[][] = [[], [], []];
      const turns = [0, 0, 0];
      const times = [0, 0, 0, 0];
      let call = 0;
      let running = true;
      const count = (): void => {
        if (!running) return;
        turns[call]!++;
        setTimeout(count, 0);
      };
      setTimeout(count, 0);
      times[0] = Date.now();
      const recordTo = (i: number) => (done: number) => void progress[i]!.push(done);
      const codec = await createCodec(model, values, { ...options, samplesPerBlock: 40, onProgress: recordTo(0) });
      call = 1;
      times[1] = Date.now();
      const bytes = await codec.compressAsync(values, { onProgress: recordTo(1) });
      sameBits(bytes, codec.compress(values), 'bytes');
      call = 2;
      times[2] = Date.now();
      // Other calls use the codec between two steps.
      const later = codec.decompressAsync(bytes, { onProgress: recordTo(2) });
      const other = codec.compressAsync(values.subarray(0, 200));
      sameBits(codec.decompress(bytes) as Values, (await later) as Values, 'values');
      sameBits(await other, codec.compress(values.subarray(0, 200)), 'of a call at the same time');
      running = false;
      times[3] = Date.now();
      for (const [i, list] of progress.entries()) {
        ok(list.length > 3, `${JSON.stringify(options)}: ${list}`);
        ok(list.at(-1) === 1 && list.every((done, j) => done >= (list[j - 1] ?? 0) && done <= 1), `${i}: ${list}`);
        ok(list.filter((done) => done === 1).length <= 2, `${list}`);
        // A timer waits for at least a millisecond.
        ok(turns[i]! > 0 || times[i + 1]! - times[i]! < 30, `call ${i} did not yield`);
      }
    }
  },

  async 'asynchronous calls stop when their signal is aborted, and reject with its reason'(isthmus) {
    const { anomalyDetector, autoencoder, createCodec, dense } = isthmus;
    const spec = { input: [SIZE], encoder: [dense({ units: 2 })], decoder: [dense({ units: SIZE })] };
    const model = await autoencoder(spec, { seed: 1 });
    const x = sheetSamples(400, SIZE, 3);
    const codec = await createCodec(model, x, { maxError: 0.01, samplesPerBlock: 40 });
    const bytes = codec.compress(x);
    const calls: ((options: object) => Promise<unknown>)[] = [
      (options) => createCodec(model, x, { maxError: 0.01, ...options }),
      (options) => createCodec(model, x, { step: 1, ...options }),
      (options) => codec.compressAsync(x, options),
      (options) => codec.decompressAsync(bytes, options),
      (options) => anomalyDetector(model, x, options),
    ];
    for (const call of calls) {
      await fails(() => call({ signal: AbortSignal.abort(new Error('before')) }), 'Error', /before/);
      const controller = new AbortController();
      let steps = 0;
      const onProgress = (): void => {
        if (++steps === 2) controller.abort(new Error('enough'));
      };
      await fails(() => call({ signal: controller.signal, onProgress }), 'Error', /enough/);
      equal(steps, 2);
      await fails(() => call({ signal: 1 }), 'TypeError', /"signal" expected an AbortSignal/);
      await fails(() => call({ onProgress: 1 }), 'TypeError', /"onProgress" expected a function/);
      const fault = (): void => {
        throw new Error('of the page');
      };
      await fails(() => call({ onProgress: fault }), 'Error', /of the page/);
      const later = new AbortController();
      setTimeout(() => later.abort(new Error('by a timer')), 0);
      const slow = () => new Promise((resolve) => setTimeout(resolve, 1));
      await fails(() => call({ signal: later.signal, onProgress: slow }), 'Error', /by a timer/);
    }
    await fails(() => codec.compressAsync(x, { threads: 'x' } as never), 'TypeError', /no other options/);
    sameBits(codec.compress(x), bytes, 'after calls that were stopped');
  },

  async 'samples whose buffer is transferred between two steps are refused'(isthmus) {
    const { autoencoder, createCodec, dense } = isthmus;
    const spec = { input: [SIZE], encoder: [dense({ units: 2 })], decoder: [dense({ units: SIZE })] };
    const model = await autoencoder(spec, { seed: 1 });
    const codec = await createCodec(model, sheetSamples(400, SIZE, 3), { maxError: 0.01, samplesPerBlock: 40 });
    const x = sheetSamples(400, SIZE, 3);
    const onProgress = (): void => {
      if (x.length) structuredClone(x.buffer, { transfer: [x.buffer] });
    };
    await fails(
      () => codec.compressAsync(x, { onProgress }),
      'RangeError',
      /"x" expected a buffer that is not transferred/,
    );
  },
};
