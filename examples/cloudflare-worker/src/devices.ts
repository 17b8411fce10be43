// Devices: what they measure, and which models are theirs.

import { integer, readJson, wrong } from './input.ts';
import type { Env } from './platform.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';

/** A device posts (value - mean) / scale: the codec's error bound is then a share of each channel's scale. */
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
  /** Keys of models in R2. */
  readonly codec: string | null;
  readonly detector: string | null;
}

/** Errors: 404. */
export async function deviceOf(env: Env, id: string): Promise<Device> {
  const row = await env.DB.prepare('SELECT * FROM devices WHERE id = ?')
    .bind(id)
    .first<Omit<Device, 'profile'> & { profile: string }>();
  if (!row) throw new Problem(404, 'unknown-device', `"${id}" expected a device that was put, got another`);
  return { ...row, profile: JSON.parse(row.profile) };
}

function channelOf(value: unknown, i: number): Channel {
  const { name, mean, scale } = (value ?? {}) as Partial<Channel>;
  if (typeof name !== 'string' || !name) throw wrong(`channels[${i}].name`, 'text', name);
  if (!Number.isFinite(mean)) throw wrong(`channels[${i}].mean`, 'a number', mean);
  if (!(Number.isFinite(scale) && scale! > 0)) throw wrong(`channels[${i}].scale`, 'a number above 0', scale);
  return { name, mean: mean!, scale: scale! };
}

/** Makes a device known. Its channels are for ever, as its readings have their meaning by them. */
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
