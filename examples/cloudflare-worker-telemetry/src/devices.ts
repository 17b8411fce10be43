// Devices: their channels and the keys of their models.

import { deleteUnused, unused } from './files.ts';
import { integer, readJson, wrong } from './input.ts';
import type { Env } from './platform.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';

/** A device posts (value - mean) / scale, so that the error bound of the codec is a share of the scale of each channel. */
export interface Channel {
  readonly name: string;
  readonly mean: number;
  readonly scale: number;
}

export interface Profile {
  readonly channels: readonly Channel[];
  /** Milliseconds from one reading to the next. */
  readonly period: number;
}

export interface Device {
  readonly id: string;
  readonly profile: Profile;
  /** Readings in a window. The first model sets the number for all models of the device. */
  readonly readings: number | null;
  /** Keys of models in R2. */
  readonly codec: string | null;
  readonly detector: string | null;
}

/** The stored device. Errors: 404 for an unknown device. */
export async function deviceOf(env: Env, id: string): Promise<Device> {
  const row = await env.DB.prepare('SELECT id, profile, readings, codec, detector FROM devices WHERE id = ?')
    .bind(id)
    .first<Omit<Device, 'profile'> & { profile: string }>();
  if (!row) throw new Problem(404, 'unknown-device', `"${id}" expected a device that was put, got another`);
  return { ...row, profile: JSON.parse(row.profile) };
}

function channelOf(value: unknown, i: number): Channel {
  const { name, mean, scale } = (value ?? {}) as Partial<Channel>;
  if (typeof name !== 'string' || !name || name.length > 64)
    throw wrong(`channels[${i}].name`, 'a text of 1..64 characters', name);
  if (!Number.isFinite(mean)) throw wrong(`channels[${i}].mean`, 'a number', mean);
  if (!(Number.isFinite(scale) && scale! > 0)) throw wrong(`channels[${i}].scale`, 'a number above 0', scale);
  return { name, mean: mean!, scale: scale! };
}

/** Stores a device. Its channels cannot be changed later, because the stored readings depend on them. */
export async function putDevice({ request, env, id }: Call): Promise<Response> {
  const body = await readJson(request);
  const { channels } = body;
  if (!Array.isArray(channels) || channels.length < 1 || channels.length > 64)
    throw wrong('channels', 'an array of 1..64 channels', channels);
  const profile: Profile = {
    channels: channels.map(channelOf),
    period: integer('period', body.period, 1, 2 ** 31),
  };
  if (new Set(profile.channels.map(({ name }) => name)).size < channels.length)
    throw wrong('channels', 'names that differ', channels);
  const text = JSON.stringify(profile);
  const { meta } = await env.DB.prepare('INSERT INTO devices (id, profile) VALUES (?, ?) ON CONFLICT DO NOTHING')
    .bind(id, text)
    .run();
  const device = await deviceOf(env, id);
  if (JSON.stringify(device.profile) !== text)
    throw new Problem(409, 'other-profile', `"${id}" expected the channels it was made with, got others`);
  return Response.json(device, { status: meta.changes ? 201 : 200 });
}

export async function getDevice({ env, id }: Call): Promise<Response> {
  return Response.json(await deviceOf(env, id));
}

/**
 * Deletes a device, its token, readings, models and training. The rows of D1 are deleted in one transaction. A file that cannot be
 * deleted now is deleted with the next change of any device.
 */
export async function deleteDevice({ env, id }: Call): Promise<Response> {
  await deviceOf(env, id);
  await env.DB.batch([
    env.DB.prepare('DELETE FROM batches WHERE device = ?').bind(id),
    env.DB.prepare('DELETE FROM devices WHERE id = ?').bind(id),
    env.DB.prepare(`UPDATE files SET doomed = 1 WHERE (device = ? OR device IS NULL) AND ${unused}`).bind(id),
  ]);
  await env.TRAINER.getByName(id).forget();
  await deleteUnused(env, id);
  return Response.json({ id, deleted: true });
}
