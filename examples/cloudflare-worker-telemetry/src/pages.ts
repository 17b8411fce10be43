// Reads stored readings: decompresses them and answers with pages.

import { type Batch, load, MAX_VALUES } from './batches.ts';
import { type Device, deviceOf } from './devices.ts';
import { integer, iso, time } from './input.ts';
import { codecs, readingsOf } from './models.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';
import { valueAt } from './score.ts';

/** Largest number of windows and of values in an answer. */
const MAX_PAGE_WINDOWS = 1000;
const MAX_PAGE_VALUES = MAX_VALUES / 4;

/** Milliseconds of a window. Errors: 404 for a device without a codec, which has no readings either. */
export async function windowOf({ env, id }: Pick<Call, 'env' | 'id'>, device: Device): Promise<number> {
  const readings = device.codec ? await readingsOf(env, device) : undefined;
  if (!readings) throw new Problem(404, 'no-codec', `"${id}" expected a device with a codec, got one without`);
  return readings * device.profile.period;
}

/** The windows of a batch that begin in [from, to): index, time and values, end to end. */
export async function* windowsOf(
  env: Call['env'],
  { first, codec: key, bytes }: Batch,
  [from, to]: readonly [number, number],
  window: number,
): AsyncGenerator<{ index: number; at: number; values: Float32Array<ArrayBuffer> }> {
  const codec = await codecs.get(env.MODELS, key);
  const reader = codec.open(bytes);
  const begin = Math.max(0, Math.ceil((from - first) / window));
  const end = Math.min(reader.length, Math.ceil((to - first) / window));
  for (let index = begin; index < end; index++)
    yield { index, at: first + index * window, values: reader.sample(index) };
}

/** Answers with the windows that begin in [from, to) and their scores. `next` is the time at which the next page begins. */
export async function getReadings({ env, url, id }: Call): Promise<Response> {
  const parameter = (name: string): string | null => url.searchParams.get(name);
  const from = time('from', parameter('from'));
  const to = parameter('to') === null ? from + 2 ** 40 : time('to', parameter('to'));
  const limit = parameter('limit') === null ? 100 : integer('limit', parameter('limit'), 1, MAX_PAGE_WINDOWS);
  const device = await deviceOf(env, id);
  const { channels } = device.profile;
  const window = await windowOf({ env, id }, device);
  const windows: object[] = [];
  let valueCount = 0;
  let next: number | undefined;
  const batches = await load(env, id, from, to, window);
  for (const batch of batches) {
    const { scores, threshold } = batch;
    for await (const { index, at, values } of windowsOf(env, batch, [from, to], window)) {
      if (windows.length === limit || valueCount >= MAX_PAGE_VALUES) next ??= at;
      if (next !== undefined) break;
      const valuesOf = (c: number): number[] =>
        Array.from({ length: values.length / channels.length }, (_, i) =>
          valueAt(values, device.profile, i * channels.length + c),
        );
      valueCount += values.length;
      const value = scores?.[index];
      windows.push({
        from: iso(at),
        score: value ?? null,
        anomaly: value === undefined || threshold === null ? null : !(value <= threshold),
        values: Object.fromEntries(channels.map(({ name }, c) => [name, valuesOf(c)])),
      });
    }
    if (next !== undefined) break;
  }
  const end = batches.at(-1)?.last;
  if (next === undefined && end !== undefined && end < to && (await load(env, id, end, to, window)).length) next = end;
  return Response.json({ windows, next: next === undefined ? null : iso(next) });
}
