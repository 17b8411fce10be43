import type { Samples } from 'isthmus';
import { equal, fails, ok, sameBits } from './assert.ts';
import { size, x } from './small-model.ts';
import { type WorkerSuite, withWorker, workerSpec } from './worker-suite.ts';

const rows = Array.from({ length: x.length / size }, (_, i) => x.subarray(i * size, (i + 1) * size));

type Resizing = new (bytes: number, options: { maxByteLength: number }) => ArrayBuffer;

/** Samples of every kind, sent to a worker. */
export const spawningSamples: WorkerSuite = {
  'lists, shared buffers and resizable buffers are sent by value': withWorker(async (worker, isthmus, off) => {
    const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
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
    const local = await isthmus.autoencoder(
      {
        ...workerSpec(off),
        encoder: [isthmus.dense({ units: 8, activation: 'relu' })],
        decoder: [isthmus.dense({ units: size, activation: 'sigmoid' })],
      },
      { seed: 1 },
    );
    for (const [name, [given, same]] of Object.entries(kinds))
      sameBits(await remote.encode(given), local.encode(same), name);
    await worker.fit(remote, shared, { targets: resizable, validationData: shared });
    for (const view of [resizable, shared])
      await fails(async () => off.transfer(view), 'TypeError', /"value" expected .* neither shared nor resizable/);
  }),

  'invalid samples and transferred buffers are refused with the name of the parameter': withWorker(
    async (worker, _, off) => {
      const remote = await worker.autoencoder(workerSpec(off), { seed: 1 });
      const detached = x.slice();
      structuredClone(detached.buffer, { transfer: [detached.buffer] });
      await fails(() => remote.encode(detached), 'RangeError', /"x" expected .* in a buffer that is not transferred/);
      await fails(() => remote.encode([detached]), 'RangeError', /"x\[0\]" expected 20 values/);
      await fails(
        () => remote.encode(new Blob([x]) as never),
        'TypeError',
        /such as new Uint8Array\(await x\.arrayBuffer\(\)\)/,
      );
      await fails(
        () => remote.encode(Float64Array.from(x) as never),
        'TypeError',
        /such as Float32Array\.from\(x, Number\)/,
      );
      await fails(
        () => worker.fit(remote, [[...x.subarray(0, 19), null]] as never),
        'TypeError',
        /"x\[0\]\[19\]" expected a number/,
      );
    },
  ),

  'a stopped run is resumed from the model, whose history is available on the main thread': withWorker(
    async (worker, isthmus, off) => {
      const options = {
        deterministic: true,
        epochs: 3,
        validationSplit: 0.2,
        sampleWeight: rows.map((_, r) => r % 3),
        dropLast: true,
      };
      const model = workerSpec(off);
      const [uninterrupted, remote] = [
        await worker.autoencoder(model, { seed: 1 }),
        await worker.autoencoder(model, { seed: 1 }),
      ];
      equal(await remote.history, undefined);
      const expected = await worker.fit(uninterrupted, x, options);
      const controller = new AbortController();
      const onBatchEnd = (batch: number, { epoch }: { epoch: number }) =>
        epoch === 1 && batch === 2 && controller.abort(new Error('stop'));
      await fails(() => worker.fit(remote, x, { ...options, signal: controller.signal, onBatchEnd }), 'Error', /stop/);
      const stopped = (await remote.history)!;
      equal(stopped.epoch, 1);
      const history = await worker.fit(remote, x, { ...options, resume: true });
      ok(history === stopped && (await remote.history) === history, 'the same history object');
      equal([history.loss, history.valLoss], [expected.loss, expected.valLoss]);
      sameBits(await worker.saveModel(remote), await worker.saveModel(uninterrupted), 'files');
      await fails(
        () => worker.fit(remote, x, { ...options, resume: true }),
        'RangeError',
        /"epochs" expected more than the 3/,
      );
      await fails(
        () => worker.fit(remote, x, { validationSplit: 1 }),
        'RangeError',
        /"validationSplit" expected a number/,
      );
      sameBits(
        isthmus.saveModel(await isthmus.loadModel(await worker.saveModel(remote))),
        await worker.saveModel(remote),
      );
    },
  ),

  'a worker refuses models of the main thread, and the main thread refuses models of a worker': withWorker(
    async (worker, isthmus) => {
      const local = await isthmus.autoencoder(
        { input: [size], encoder: [isthmus.dense({ units: 4 })], decoder: [isthmus.dense({ units: size })] },
        { seed: 1 },
      );
      const message = /"model" expected a model of this worker \(its loadModel takes what saveModel gives\), got Model/;
      for (const call of [
        () => worker.fit(local as never, x),
        () => worker.evaluate(local as never, x),
        () => worker.saveModel(local as never),
      ])
        await fails(call, 'TypeError', message);
      const remote = await worker.loadModel(isthmus.saveModel(local));
      sameBits(await remote.encode(x), local.encode(x), 'loaded from a file');
      const message2 = /"model" expected a model made by autoencoder\(\), not one of a worker, got /;
      await fails(() => isthmus.fit(remote as never, x), 'TypeError', message2);
      await fails(async () => isthmus.evaluate(remote as never, x), 'TypeError', message2);
    },
  ),
};
