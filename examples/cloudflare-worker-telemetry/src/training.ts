// The calls that start, show and stop a training.

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

const noTraining = (id: string): Problem =>
  new Problem(404, 'no-training', `"${id}" expected a device with a training, got one without`);

/**
 * Starts a training on the windows in [from, to) without the windows at `except`; the sender states that the others are normal. Flagged
 * windows are not excluded automatically: some are normal windows with the largest scores, and thresholds without them would
 * become lower with each training.
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
  // Without this check, a call for an unknown device would create a Durable Object.
  await deviceOf(env, id);
  const job = await env.TRAINER.getByName(id).status();
  if (!job) throw noTraining(id);
  return Response.json(show(job));
}

/** Stops the training and deletes its checkpoint. */
export async function deleteTraining({ env, id }: Call): Promise<Response> {
  await deviceOf(env, id);
  const job = await env.TRAINER.getByName(id).stop();
  if (!job) throw noTraining(id);
  return Response.json(show(job));
}
