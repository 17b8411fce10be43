import type { Samples } from 'isthmus';
import { equal, fails, ok, sameBits } from './assert.ts';
import { spec, type WorkerSuite, within } from './off-thread.ts';
import { size, x } from './small.ts';

const rows = Array.from({ length: x.length / size }, (_, i) => x.subarray(i * size, (i + 1) * size));

type Resizing = new (bytes: number, options: { maxByteLength: number }) => ArrayBuffer;

/** Samples of every kind on their way to a worker. */
export const spawningSamples: WorkerSuite = {
  'lists, and buffers that are shared or resizable, arrive as their values': within(async (worker, isthmus, off) => {
    const there = await worker.autoencoder(spec(off), { seed: 1 });
    const resizable = new Float32Array(
      new (ArrayBuffer as Resizing)(x.byteLength, { maxByteLength: 2 * x.byteLength }),
    );
    const pages = Math.ceil(x.byteLength / 65536);
    const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const shared = new Float32Array(buffer, 0, x.length);
    for (const view of [resizable, shared]) view.set(x);
    const bytes = Uint8Array.from(x, (v) => v * 255);
    const kinds: Record<string, [Samples, Samples]> = {
      numbers: [rows.map((row) => [...row]), x],
      bytes: [rows.map((_, i) => bytes.subarray(i * size, (i + 1) * size)), bytes],
      resizable: [resizable, x],
      shared: [shared, x],
    };
    const here = await isthmus.autoencoder(
      {
        ...spec(off),
        encoder: [isthmus.dense({ units: 8, activation: 'relu' })],
        decoder: [isthmus.dense({ units: size, activation: 'sigmoid' })],
      },
      { seed: 1 },
    );
    for (const [name, [given, same]] of Object.entries(kinds))
      sameBits(await there.encode(given), here.encode(same), name);
    await worker.fit(there, shared, { targets: resizable, validationData: shared });
    for (const view of [resizable, shared])
      await fails(async () => off.transfer(view), 'TypeError', /"value" expected .* neither shared nor resizable/);
  }),

  'what is no samples, or is gone, is refused by name': within(async (worker, _, off) => {
    const there = await worker.autoencoder(spec(off), { seed: 1 });
    const gone = x.slice();
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    await fails(() => there.encode(gone), 'RangeError', /"x" expected .* in a buffer that is not transferred/);
    await fails(() => there.encode([gone]), 'RangeError', /"x\[0\]" expected 20 values/);
    await fails(
      () => there.encode(new Blob([x]) as never),
      'TypeError',
      /such as new Uint8Array\(await x\.arrayBuffer\(\)\)/,
    );
    await fails(
      () => there.encode(Float64Array.from(x) as never),
      'TypeError',
      /such as Float32Array\.from\(x, Number\)/,
    );
    await fails(
      () => worker.fit(there, [[...x.subarray(0, 19), null]] as never),
      'TypeError',
      /"x\[0\]\[19\]" expected a number/,
    );
  }),

  'a stopped run goes on from the model, whose history is here too': within(async (worker, isthmus, off) => {
    const options = {
      deterministic: true,
      epochs: 3,
      validationSplit: 0.2,
      sampleWeight: rows.map((_, r) => r % 3),
      dropLast: true,
    };
    const model = spec(off);
    const [whole, there] = [await worker.autoencoder(model, { seed: 1 }), await worker.autoencoder(model, { seed: 1 })];
    equal(await there.history, undefined);
    const expected = await worker.fit(whole, x, options);
    const controller = new AbortController();
    const onBatchEnd = (batch: number, { epoch }: { epoch: number }) =>
      epoch === 1 && batch === 2 && controller.abort(new Error('stop'));
    await fails(() => worker.fit(there, x, { ...options, signal: controller.signal, onBatchEnd }), 'Error', /stop/);
    const stopped = (await there.history)!;
    equal(stopped.epoch, 1);
    const history = await worker.fit(there, x, { ...options, resume: true });
    ok(history === stopped && (await there.history) === history, 'one object');
    equal([history.loss, history.valLoss], [expected.loss, expected.valLoss]);
    sameBits(await worker.saveModel(there), await worker.saveModel(whole), 'files');
    await fails(
      () => worker.fit(there, x, { ...options, resume: true }),
      'RangeError',
      /"epochs" expected more than the 3/,
    );
    await fails(
      () => worker.fit(there, x, { validationSplit: 1 }),
      'RangeError',
      /"validationSplit" expected a number/,
    );
    sameBits(isthmus.saveModel(await isthmus.loadModel(await worker.saveModel(there))), await worker.saveModel(there));
  }),

  'a model of the page is refused with what to do, and one of the worker here': within(async (worker, isthmus) => {
    const here = await isthmus.autoencoder(
      { input: [size], encoder: [isthmus.dense({ units: 4 })], decoder: [isthmus.dense({ units: size })] },
      { seed: 1 },
    );
    const message = /"model" expected a model of this worker \(its loadModel takes what saveModel gives\), got Model/;
    for (const call of [
      () => worker.fit(here as never, x),
      () => worker.evaluate(here as never, x),
      () => worker.saveModel(here as never),
    ])
      await fails(call, 'TypeError', message);
    const there = await worker.loadModel(isthmus.saveModel(here));
    sameBits(await there.encode(x), here.encode(x), 'brought over');
    const message2 = /"model" expected a model made by autoencoder\(\), not one of a worker, got /;
    await fails(() => isthmus.fit(there as never, x), 'TypeError', message2);
    await fails(async () => isthmus.evaluate(there as never, x), 'TypeError', message2);
  }),
};
