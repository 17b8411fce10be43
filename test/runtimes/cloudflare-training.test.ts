// Training inside the Worker, in slices: the bits are those of an uninterrupted run, wherever it is interrupted.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { adam, anomalyDetector, autoencoder, type Codec, fit } from 'isthmus';
import { draw, faults, profile } from '../../examples/cloudflare-worker-telemetry/device/telemetry.ts';
import { caller, copy, dev, migrate, missing, type Served } from './cloudflare.ts';
import { DAY, models, size, spec } from './cloudflare-models.ts';
import { printed } from './cloudflare-served.ts';

const skip = missing && process.env.CI !== 'true' ? missing : false;
const at = (day: number): string => new Date(Date.UTC(2026, 0, 1) + day * DAY).toISOString();
const COUNT = 330;
/** So few batches that most slices end within an epoch. */
const STEPS = 4;

describe('cloudflare-worker: training', { skip }, () => {
  let [folder, worker] = ['', undefined as unknown as Served];
  let codec: Codec;
  let call: ReturnType<typeof caller>;
  /** The posted readings, as the Worker decompresses them. */
  let x: Float32Array;
  before(async () => {
    ({ codec } = await models());
    folder = copy('cloudflare-training');
    await migrate(folder);
    await start();
    x = await device('pump');
  });
  after(() => worker?.stop());

  async function start(): Promise<void> {
    worker = await dev(folder, '--var', `SLICE_STEPS:${STEPS}`);
    call = caller(worker.url);
  }

  /** A device without a detector, with its days: the 20th has a fault, in the 31st a reading is missing. */
  async function device(id: string, count = COUNT): Promise<Float32Array> {
    assert.equal((await call('PUT', `/devices/${id}`, profile)).status, 201);
    assert.equal((await call('PUT', `/devices/${id}/codec`, codec.save())).status, 200);
    const days = draw(count, 60);
    faults['a bearing wears']!(days.subarray(20 * size, 21 * size));
    days[31 * size] = Number.NaN;
    const back: Float32Array[] = [];
    for (let day = 0; day < count; day += 30) {
      const bytes = codec.compress(days.subarray(day * size, (day + 30) * size));
      const { json } = await call('POST', `/devices/${id}/readings?from=${at(day)}`, bytes);
      assert.deepEqual([json.scored, json.threshold, json.anomalies], [false, null, []]);
      back.push(codec.decompress(bytes));
    }
    return Float32Array.from(back.flatMap((values) => [...values]));
  }

  const state = async (id = 'pump') => (await call('GET', `/devices/${id}/training`)).json;

  /** Waits until `condition` is true for the state of the training. Fails if the training ends before. */
  async function until(condition: (job: Awaited<ReturnType<typeof state>>) => boolean, id?: string) {
    for (;;) {
      const job = await state(id);
      if (condition(job)) return job;
      assert.ok(!['done', 'failed'].includes(job.phase), JSON.stringify(job));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The samples to train on: all days but the one with the fault. */
  const request = { from: at(0), to: at(COUNT), except: [at(20)], epochs: 40, seed: 9, falsePositiveRate: 0.02 };

  it('gives the bits of an uninterrupted run, although the Worker is stopped during training', async () => {
    assert.equal((await call('GET', '/devices/pump/training')).json.error.code, 'no-training');
    const begun = await call('POST', '/devices/pump/training', request);
    assert.deepEqual([begun.status, begun.json.phase, begun.json.epoch], [202, 'collect', 0]);
    assert.equal((await call('POST', '/devices/pump/training', request)).json.error.code, 'training');
    await until(({ phase, epoch }) => phase === 'train' && epoch >= 2);
    await worker.stop();
    await start();
    const after = await state();
    assert.ok(after.phase === 'train' && after.epoch < 40, `it was stopped in the middle: ${JSON.stringify(after)}`);
    const done = await until(({ phase }) => phase === 'done');

    // The uninterrupted run: three of five windows, in order of time, are for training, the others for calibration.
    const windows = Array.from({ length: COUNT }, (_, i) => x.subarray(i * size, (i + 1) * size));
    const used = windows.filter((_, i) => i !== 20 && i !== 31);
    const join = (parts: Float32Array[]): Float32Array => Float32Array.from(parts.flatMap((part) => [...part]));
    const train = join(used.filter((_, i) => i % 5 < 3));
    const model = await autoencoder(spec, { seed: 9 });
    const history = await fit(model, train, { epochs: 40, optimizer: adam(0.002), deterministic: true });
    const calibrate = join(used.filter((_, i) => i % 5 >= 3));
    const detector = await anomalyDetector(model, calibrate, { falsePositiveRate: 0.02 });

    assert.equal(done.windows, used.length);
    assert.deepEqual(done.loss, history.loss);
    assert.equal(done.threshold, detector.threshold);
    // Pages of readings, slices, calibration: each call of the alarm does as much work as it may.
    const steps = Math.ceil(train.length / size / 32) * 40;
    assert.ok(done.slices >= steps / STEPS, `${done.slices} slices of ${STEPS} for ${steps} batches`);
    const file = await call('GET', '/devices/pump/detector');
    assert.deepEqual(file.bytes, detector.save());
  });

  it('scores later posts with the new detector', async () => {
    const days = draw(4, 61);
    faults['one current is wrong']!(days.subarray(2 * size, 3 * size));
    const bytes = codec.compress(days);
    const { json } = await call('POST', `/devices/pump/readings?from=${at(1000)}`, bytes);
    assert.equal(json.scored, true);
    assert.equal(json.threshold, (await state()).threshold);
    const [fault] = json.anomalies.filter(({ window }: { window: number }) => window === 2);
    assert.equal(fault.readings[0].channel, 'current');
  });

  it('refuses an invalid request, and one with too few windows, with the reason', async () => {
    for (const [wrong, message] of [
      [{ from: 'x' }, /"from" expected a time/],
      [{ to: null }, /"to" expected a time/],
      [{ except: 3 }, /"except" expected an array of times, got 3/],
      [{ except: ['x'] }, /"except\[0\]" expected a time/],
      [{ epochs: 0 }, /"epochs" expected integer 1\.\.10000, got 0/],
      [{ seed: -1 }, /"seed" expected integer/],
      [{ falsePositiveRate: 1 }, /"falsePositiveRate" expected a number in \(0, 1\), got 1/],
    ] as const) {
      const { status, json } = await call('POST', '/devices/pump/training', { ...request, ...wrong });
      assert.deepEqual([status, json.error.code], [400, 'invalid']);
      assert.match(json.error.message, message);
    }
    assert.equal((await state()).phase, 'done', 'none of them begins');
    await device('few', 60);
    const detector = async () => (await call('GET', '/devices/few')).json.detector;
    for (const [changed, message] of [
      [{ to: at(50) }, /"normalSamples" expected at least 57 samples/],
      [{ from: at(500), to: at(600) }, /"x" expected at least one sample/],
    ] as const) {
      await call('POST', '/devices/few/training', { ...request, ...changed, epochs: 1 });
      assert.match((await until(({ phase }) => phase === 'failed', 'few')).error, message);
      assert.equal(await detector(), null);
    }
  });

  it('stops on request, and can be started again', async () => {
    await call('POST', '/devices/pump/training', { ...request, epochs: 10_000 });
    await until(({ epoch }) => epoch >= 1);
    const before = (await call('GET', '/devices/pump')).json.detector;
    const { status, json } = await call('DELETE', '/devices/pump/training');
    assert.deepEqual([status, json.phase, json.error], [200, 'failed', 'stopped']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(await state(), json, 'no slice comes after');
    assert.equal((await call('POST', '/devices/pump/training', { ...request, epochs: 1 })).status, 202);
    await until(({ phase }) => phase === 'done');
    assert.notEqual((await call('GET', '/devices/pump')).json.detector, before);
  });

  it('printed no error', () => {
    printed(/POST \/devices\/pump\/training 202 Accepted/, worker.printed());
  });
});
