// The phases of a training: collect windows, train on some of them, calibrate on the others.

import { anomalyDetector, loadCheckpoint } from 'isthmus';
import { load } from './batches.ts';
import { deviceOf } from './devices.ts';
import { writeFile } from './files.ts';
import { integer } from './input.ts';
import { type Collection, type Job, MAX_COLLECTED_VALUES } from './job.ts';
import { codecs } from './models.ts';
import { windowOf, windowsOf } from './pages.ts';
import type { Env } from './platform.ts';
import { slice } from './slice.ts';

/** Runs one slice and returns the changed properties of the job. A repeated slice gives the same result. */
type Phase = (env: Env, job: Job, collection: Collection) => Promise<Partial<Job>>;

/** Collects the windows of a page of batches, without excepted windows and windows with missing readings. */
const collect: Phase = async (env, { device: id, from, to, except, next }, collection) => {
  const device = await deviceOf(env, id);
  const window = await windowOf({ env, id }, device);
  const input = (await codecs.get(env.MODELS, device.codec!)).inputShape;
  const excepted = new Set(except);
  const batches = await load(env, id, next, to, window);
  for (const batch of batches)
    for await (const { at, values } of windowsOf(env, batch, [from, to], window))
      if (!excepted.has(at) && values.every(Number.isFinite)) collection.add(at, values);
  const windows = collection.count;
  const maxWindows = Math.floor(MAX_COLLECTED_VALUES / input.reduce((product, length) => product * length, 1));
  if (windows > maxWindows) throw new RangeError(`"from" expected at most ${maxWindows} windows, got more`);
  return { windows, input, ...(batches.length ? { next: batches.at(-1)!.last } : { phase: 'train' }) };
};

const train: Phase = async (env, { input, epochs, seed, checkpoint: key }, collection) => {
  const steps = integer('SLICE_STEPS', env.SLICE_STEPS, 1, 2 ** 31);
  const x = collection.samples('train');
  const previous = await (await env.MODELS.get(key))?.arrayBuffer();
  const { checkpoint, loss, done } = await slice({ input, x, epochs, seed }, previous, steps);
  await env.MODELS.put(key, checkpoint);
  return { loss, ...(done && { phase: 'calibrate' }) };
};

const calibrate: Phase = async (env, { device, falsePositiveRate, checkpoint }, collection) => {
  const file = await env.MODELS.get(checkpoint);
  if (!file) throw new RangeError('the checkpoint of the training is lost');
  const { model } = await loadCheckpoint(await file.arrayBuffer());
  const detector = await anomalyDetector(model, collection.samples('calibrate'), { falsePositiveRate });
  return { phase: 'done', detector: await writeFile(env, device, detector.save()), threshold: detector.threshold };
};

export const phases: Readonly<Record<'collect' | 'train' | 'calibrate', Phase>> = { collect, train, calibrate };
