// Calls the routes of examples/cloudflare-worker-telemetry in Node, on a fake platform whose operations can be made to fail.
import assert from 'node:assert/strict';
import { before, beforeEach } from 'node:test';
import { anomalyDetector, autoencoder, createCodec, dense, flatten, reshape } from 'isthmus';
import { copy, TOKEN } from './cloudflare.ts';
import { Platform } from './cloudflare-platform.ts';

const period = 60_000;
export const profile = { period, channels: ['a', 'b'].map((name) => ({ name, mean: 1, scale: 2 })) };
export const FROM = '2026-01-01T00:00:00Z';

let folder = '';
let worker: { fetch(request: Request, env: object): Promise<Response> };
let Trainer: ConstructorParameters<typeof Platform>[1];
export let platform: Platform;
/** Codecs and detectors by the number of readings in a window. */
export const codecs: Record<string, Awaited<ReturnType<typeof modelsOf>>['codec']> = {};
export const detectors: Record<string, Awaited<ReturnType<typeof modelsOf>>['detector']> = {};

export const draw = (count: number, readings: number, seed = 1): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count * readings * 2 }, (_, i) => Math.sin(i * 0.7 + seed) + 0.1 * Math.sin(i * i));

async function modelsOf(readings: number, channels = 2, seed = 1) {
  const input = [readings, channels];
  const units = readings * channels;
  const model = await autoencoder(
    { input, encoder: [flatten(), dense({ units: 3 })], decoder: [dense({ units }), reshape({ targetShape: input })] },
    { seed },
  );
  const x = draw(120, units / 2, seed);
  return {
    model,
    codec: await createCodec(model, x, { maxError: 0.05 }),
    detector: await anomalyDetector(model, x, { falsePositiveRate: 0.05 }),
  };
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read arbitrary fields of the body
  readonly json: any;
}

export async function call(
  method: string,
  path: string,
  body?: Uint8Array<ArrayBuffer> | object | string,
  token = TOKEN,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await worker.fetch(
    new Request(`http://worker${path}`, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    }),
    platform.env,
  );
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
  return { status: response.status, json };
}

export async function must(status: number, ...given: Parameters<typeof call>): Promise<Answer['json']> {
  const answer = await call(...given);
  assert.equal(answer.status, status, `${given[0]} ${given[1]}: ${JSON.stringify(answer.json)}`);
  return answer.json;
}

/** Registers a device with a codec and a detector for windows of four readings; returns the token of the device. */
export async function device(id: string, withDetector = true): Promise<string> {
  await must(201, 'PUT', `/devices/${id}`, profile);
  await must(200, 'PUT', `/devices/${id}/codec`, codecs['4']!.save());
  if (withDetector) await must(200, 'PUT', `/devices/${id}/detector`, detectors['4']!.save());
  return (await must(201, 'POST', `/devices/${id}/token`)).token;
}

export const at = (window: number): string => new Date(Date.parse(FROM) + window * 4 * period).toISOString();
export const post = (id: string, window = 0): string => `/devices/${id}/readings?from=${at(window)}`;
export const sent = (count: number, seed = 2): Uint8Array<ArrayBuffer> => codecs['4']!.compress(draw(count, 4, seed));

export const pause = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const { now } = Date;
let ahead = 0;

/** Runs `run` with the clock 15 minutes ahead, by when earlier requests must have ended. The clock stays ahead. */
export function later<T>(run: () => Promise<T>): Promise<T> {
  ahead += 15 * 60_000;
  Date.now = () => now() + ahead;
  return run();
}

/** Replaces the platform by an empty one; `migrations` limits the number of applied migrations. */
export function renew(migrations?: number): void {
  platform = new Platform(folder, Trainer, migrations);
}

/** Applies the remaining migrations to tables that were created by the first `from` migrations. */
export const migrate = (from: number): void => platform.migrate(folder, from);

/** Prepares a copy of the example under this name, models for its devices, and an empty platform for each test. */
export function prepare(name: string): void {
  before(async () => {
    folder = copy(name);
    ({ default: worker, Trainer } = await import(`${folder}src/index.ts`));
    for (const readings of [4, 6]) {
      const { codec, detector } = await modelsOf(readings);
      [codecs[readings], detectors[readings]] = [codec, detector];
    }
    const other = await modelsOf(4, 2, 7);
    [codecs.other, detectors.other] = [other.codec, other.detector];
    const bytes = Uint8Array.from({ length: 800 }, (_, i) => i % 251);
    codecs.bytes = (await createCodec(other.model, bytes, { maxError: 0.05 })) as unknown as (typeof codecs)['4'];
    codecs.narrow = (await modelsOf(4, 1)).codec;
  });

  beforeEach(() => {
    renew();
  });
}
