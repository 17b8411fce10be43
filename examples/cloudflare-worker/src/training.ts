// Training as the devices' owner asks for it.

import { deviceOf } from './devices.ts';
import { integer, iso, readJson, time, wrong } from './input.ts';
import type { Job } from './job.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';

const show = (job: Job): object => {
  const { phase, from, to, windows, epochs, slices, loss, detector, threshold, error } = job;
  return {
    phase,
    from: iso(from),
    to: iso(to),
    windows,
    epochs,
    epoch: loss.length,
    slices,
    loss,
    detector,
    threshold,
    error,
  };
};

const none = (id: string): Problem =>
  new Problem(404, 'no-training', `"${id}" expected a device with a training, got one without`);

/**
 * Begins a training on the windows in [from, to), which the sender says are normal, but for those at `except`. Windows
 * that a detector has flagged are not left out by themselves: the largest of the normal scores are among them, and a
 * threshold set without those would flag more with every training.
 */
export async function postTraining({ request, env, id }: Call): Promise<Response> {
  await deviceOf(env, id);
  const { from, to, except = [], epochs = 40, seed = 1, falsePositiveRate = 0.01 } = await readJson(request);
  if (!Array.isArray(except)) throw wrong('except', 'an array of times', except);
  if (typeof falsePositiveRate !== 'number' || !(falsePositiveRate > 0 && falsePositiveRate < 1))
    throw wrong('falsePositiveRate', 'a number in (0, 1)', falsePositiveRate);
  const job = await env.TRAINER.getByName(id).start({
    device: id,
    from: time('from', from),
    to: time('to', to),
    except: except.map((at, i) => time(`except[${i}]`, at)),
    epochs: integer('epochs', epochs, 1, 10_000),
    seed: integer('seed', seed, 0, Number.MAX_SAFE_INTEGER),
    falsePositiveRate,
  });
  if (!job) throw new Problem(409, 'training', `"${id}" expected no training under way, got one`);
  return Response.json(show(job), { status: 202 });
}

export async function getTraining({ env, id }: Call): Promise<Response> {
  // Else the question would make an object for a device that nobody knows.
  await deviceOf(env, id);
  const job = await env.TRAINER.getByName(id).status();
  if (!job) throw none(id);
  return Response.json(show(job));
}

/** Stops it; what has been trained is lost. */
export async function deleteTraining({ env, id }: Call): Promise<Response> {
  await deviceOf(env, id);
  const job = await env.TRAINER.getByName(id).stop();
  if (!job) throw none(id);
  return Response.json(show(job));
}
