// Codecs and detectors: files in R2, named by what is in them, and loaded once in an isolate.

import { type Codec, type Detector, loadCodec, loadDetector } from 'isthmus';
import { type Device, deviceOf } from './devices.ts';
import { MOST_MODEL, readBody } from './input.ts';
import type { Bucket } from './platform.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';

/** Models that an isolate keeps of a kind: each has memory of its own, and the isolate has 128 MB. */
const MOST_KEPT = 16;

/** What is loaded for a key; the one that was not asked for the longest goes first. */
class Kept<Value> {
  readonly #values = new Map<string, Value>();
  readonly #load: (bytes: ArrayBuffer) => Promise<Value>;

  constructor(load: (bytes: ArrayBuffer) => Promise<Value>) {
    this.#load = load;
  }

  async get(bucket: Bucket, key: string): Promise<Value> {
    const value = this.#values.get(key) ?? (await this.#load(await fileAt(bucket, key)));
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const oldest of this.#values.keys()) if (this.#values.size > MOST_KEPT) this.#values.delete(oldest);
    return value;
  }
}

export const codecs = new Kept<Codec>((bytes) => loadCodec(bytes));
export const detectors = new Kept<Detector>((bytes) => loadDetector(bytes));

async function fileAt(bucket: Bucket, key: string): Promise<ArrayBuffer> {
  const object = await bucket.get(key);
  if (!object) throw new Error(`no ${key} in the bucket`);
  return object.arrayBuffer();
}

/** Keeps a file and says under which key. The same bytes have the same key; what is kept never changes. */
export async function keep(bucket: Bucket, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const key = `models/${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  await bucket.put(key, bytes);
  return key;
}

/** Windows of a device are [readings, channels], in all its models. Errors: 409. */
async function fits({ env }: Call, device: Device, shape: readonly number[]): Promise<void> {
  const channels = device.profile.channels.length;
  const before = device.codec ? (await codecs.get(env.MODELS, device.codec)).inputShape : undefined;
  const [readings = 0, width] = before ?? [shape[0], channels];
  if (shape.length !== 2 || shape[0] !== readings || shape[1] !== width)
    throw new Problem(
      409,
      'shape',
      `"model" expected samples of [${before ?? `readings, ${channels}`}], got [${shape}]`,
    );
}

async function put(call: Call, name: 'codec' | 'detector', bytes: Uint8Array<ArrayBuffer>): Promise<Response> {
  const key = await keep(call.env.MODELS, bytes);
  await call.env.DB.prepare(`UPDATE devices SET ${name} = ? WHERE id = ?`).bind(key, call.id).run();
  return Response.json({ [name]: key });
}

export async function putCodec(call: Call): Promise<Response> {
  const device = await deviceOf(call.env, call.id);
  const bytes = await readBody(call.request, MOST_MODEL);
  const codec = await loadCodec(bytes);
  if (codec.mode !== 'bounded')
    throw new Problem(409, 'mode', `"codec" expected one made with maxError, relativeError or psnr, got ${codec.mode}`);
  await fits(call, device, codec.inputShape);
  return put(call, 'codec', bytes);
}

export async function putDetector(call: Call): Promise<Response> {
  const device = await deviceOf(call.env, call.id);
  const bytes = await readBody(call.request, MOST_MODEL);
  const detector = await loadDetector(bytes);
  await fits(call, device, detector.model.inputShape);
  return put(call, 'detector', bytes);
}

/** Answers with the file. Errors: 404. */
export const getModel =
  (name: 'codec' | 'detector') =>
  async ({ env, id }: Call): Promise<Response> => {
    const { [name]: key } = await deviceOf(env, id);
    if (!key) throw new Problem(404, `no-${name}`, `"${id}" expected a device with a ${name}, got one without`);
    const headers = { 'content-type': 'application/octet-stream', etag: `"${key.slice(-64)}"` };
    return new Response(await fileAt(env.MODELS, key), { headers });
  };
