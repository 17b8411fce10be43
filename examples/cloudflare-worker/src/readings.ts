// Readings in and out: compressed in, scored on the way, decompressed again when they are asked for.

import type { Codec } from 'isthmus';
import { type Batch, load, MOST_VALUES, MOST_WINDOWS, store } from './batches.ts';
import { type Device, deviceOf } from './devices.ts';
import { integer, iso, MOST_READINGS, readBody, time, wrong } from './input.ts';
import { codecs, detectors } from './models.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';
import { score, valueAt } from './score.ts';

/** Windows in an answer. */
const MOST_ANSWERED = 1000;

/** Compressed windows to their values. Errors: FormatError; 413, before anything is decompressed. */
function decompress(codec: Codec, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const reader = codec.open(bytes);
  const size = codec.inputShape.reduce((product, side) => product * side, 1);
  const most = Math.min(MOST_WINDOWS, Math.floor(MOST_VALUES / size));
  if (reader.length > most)
    throw new Problem(413, 'too-many', `"body" expected at most ${most} windows, got ${reader.length}`);
  if (!reader.length) throw wrong('body', 'a window at least', 0);
  return reader.samples(0, reader.length);
}

export async function postReadings({ request, env, url, id }: Call): Promise<Response> {
  const first = time('from', url.searchParams.get('from'));
  const { profile, ...device } = await deviceOf(env, id);
  if (!device.codec) throw new Problem(409, 'no-codec', `"${id}" expected a device with a codec, got one without`);
  const bytes = await readBody(request, MOST_READINGS);
  const codec = await codecs.get(env.MODELS, device.codec);
  const x = decompress(codec, bytes);
  const length = codec.inputShape[0]!;
  const last = first + (x.length / profile.channels.length) * profile.period;
  time('from', last);
  const detector = device.detector ? await detectors.get(env.MODELS, device.detector) : undefined;
  const result = detector && score(detector, x, { profile, length, from: first });
  const threshold = detector?.threshold ?? null;
  const scores = result?.scores ?? null;
  await store(env, { device: id, first, last, codec: device.codec, bytes, threshold, scores });
  return Response.json({
    windows: x.length / (length * profile.channels.length),
    from: iso(first),
    to: iso(last),
    scored: detector !== undefined,
    threshold,
    anomalies: result?.anomalies ?? [],
  });
}

/** Milliseconds of a window. Errors: 404 without a codec, as there are then no readings either. */
export async function windowOf({ env, id }: Pick<Call, 'env' | 'id'>, { profile, codec }: Device): Promise<number> {
  if (!codec) throw new Problem(404, 'no-codec', `"${id}" expected a device with a codec, got one without`);
  return (await codecs.get(env.MODELS, codec)).inputShape[0]! * profile.period;
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
  let next: number | undefined;
  const batches = await load(env, id, from, to, window);
  for (const batch of batches) {
    const { scores, threshold } = batch;
    for await (const { index, at, values } of windowsOf(env, batch, [from, to], window)) {
      if (windows.length === limit) next ??= at;
      if (next !== undefined) break;
      const of = (c: number): number[] =>
        Array.from({ length: values.length / channels.length }, (_, i) =>
          valueAt(values, device.profile, i * channels.length + c),
        );
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
