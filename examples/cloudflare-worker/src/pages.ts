// Readings out: decompressed again when they are asked for, page by page.

import { type Batch, load, MOST_VALUES } from './batches.ts';
import { type Device, deviceOf } from './devices.ts';
import { integer, iso, time } from './input.ts';
import { codecs, readingsOf } from './models.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';
import { valueAt } from './score.ts';

/** Windows in an answer, and values. */
const MOST_ANSWERED = 1000;
const MOST_VALUES_ANSWERED = MOST_VALUES / 4;

/** Milliseconds of a window. Errors: 404 without a codec, as there are then no readings either. */
export async function windowOf({ env, id }: Pick<Call, 'env' | 'id'>, device: Device): Promise<number> {
  const readings = device.codec ? await readingsOf(env, device) : undefined;
  if (!readings) throw new Problem(404, 'no-codec', `"${id}" expected a device with a codec, got one without`);
  return readings * device.profile.period;
}

/** The windows of a batch in [from, to): time and values each, end to end. */
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

/** Windows that begin in [from, to), with their scores; `next` is where the next page begins. */
export async function getReadings({ env, url, id }: Call): Promise<Response> {
  const asked = (name: string): string | null => url.searchParams.get(name);
  const from = time('from', asked('from'));
  const to = asked('to') === null ? from + 2 ** 40 : time('to', asked('to'));
  const limit = asked('limit') === null ? 100 : integer('limit', asked('limit'), 1, MOST_ANSWERED);
  const device = await deviceOf(env, id);
  const { channels } = device.profile;
  const window = await windowOf({ env, id }, device);
  const windows: object[] = [];
  let answered = 0;
  let next: number | undefined;
  const batches = await load(env, id, from, to, window);
  for (const batch of batches) {
    const { scores, threshold } = batch;
    for await (const { index, at, values } of windowsOf(env, batch, [from, to], window)) {
      if (windows.length === limit || answered >= MOST_VALUES_ANSWERED) next ??= at;
      if (next !== undefined) break;
      const of = (c: number): number[] =>
        Array.from({ length: values.length / channels.length }, (_, i) =>
          valueAt(values, device.profile, i * channels.length + c),
        );
      answered += values.length;
      const value = scores?.[index];
      windows.push({
        from: iso(at),
        score: value ?? null,
        anomaly: value === undefined || threshold === null ? null : !(value <= threshold),
        values: Object.fromEntries(channels.map(({ name }, c) => [name, of(c)])),
      });
    }
    if (next !== undefined) break;
  }
  const end = batches.at(-1)?.last;
  if (next === undefined && end !== undefined && end < to && (await load(env, id, end, to, window)).length) next = end;
  return Response.json({ windows, next: next === undefined ? null : iso(next) });
}
