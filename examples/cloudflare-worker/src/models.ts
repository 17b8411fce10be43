// Codecs and detectors: files in R2, looked through before they are taken, and loaded once in an isolate.

import { type Codec, type Detector, FormatError, loadCodec, loadDetector } from 'isthmus';
import { MOST_VALUES } from './batches.ts';
import { type Device, deviceOf } from './devices.ts';
import { assign, holds, keep } from './files.ts';
import { MOST_MODEL, readBody } from './input.ts';
import type { Bucket, Env } from './platform.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';

/** Models that an isolate keeps of a kind: each has memory of its own, and the isolate has 128 MB. */
const MOST_KEPT = 16;

/** What is loaded for a key; the one that was not asked for the longest goes first. Errors: Lost. */
class Kept<Value> {
  readonly #values = new Map<string, Value>();
  readonly #load: (bytes: ArrayBuffer) => Promise<Value>;

  constructor(load: (bytes: ArrayBuffer) => Promise<Value>) {
    this.#load = load;
  }

  /** What was looked through before it was kept, and cannot be read now, was damaged since. */
  async #read(bucket: Bucket, key: string): Promise<Value> {
    const bytes = await fileAt(bucket, key);
    try {
      return await this.#load(bytes);
    } catch (error) {
      console.warn(key, error);
      throw new Lost(key);
    }
  }

  async get(bucket: Bucket, key: string): Promise<Value> {
    const value = this.#values.get(key) ?? (await this.#read(bucket, key));
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const oldest of this.#values.keys()) if (this.#values.size > MOST_KEPT) this.#values.delete(oldest);
    return value;
  }
}

export const codecs = new Kept<Codec>((bytes) => loadCodec(bytes));
export const detectors = new Kept<Detector>((bytes) => loadDetector(bytes));

/** A file that has gone since its key was read, or was lost. */
export class Lost extends Problem {
  constructor(key: string) {
    super(409, 'lost', `"${key}" expected a file that is there, got none: put the model again`);
  }
}

async function fileAt(bucket: Bucket, key: string): Promise<ArrayBuffer> {
  const object = await bucket.get(key);
  if (!object) throw new Lost(key);
  return object.arrayBuffer();
}

/** Readings in a window of the device, by its models of before where it does not say. */
export async function readingsOf(env: Env, { readings, codec, detector }: Device): Promise<number | undefined> {
  if (readings !== null) return readings;
  if (codec) return (await codecs.get(env.MODELS, codec)).inputShape[0];
  return detector ? (await detectors.get(env.MODELS, detector)).model.inputShape[0] : undefined;
}

/** Windows of a device are [readings, channels], in all its models. Errors: 409. */
async function fits(env: Env, device: Device, shape: readonly number[]): Promise<void> {
  const channels = device.profile.channels.length;
  const readings = await readingsOf(env, device);
  const [length = 0, width] = shape;
  if (shape.length !== 2 || width !== channels || (readings !== undefined && length !== readings))
    throw new Problem(
      409,
      'shape',
      `"model" expected samples of [${readings ?? 'readings'}, ${channels}], got [${shape}]`,
    );
  if (length * width > MOST_VALUES)
    throw new Problem(409, 'shape', `"model" expected windows of at most ${MOST_VALUES} values, got [${shape}]`);
}

/** A model that was loaded from a file and has done its work once. Errors: 409 for one that cannot. */
async function proved<Model>(
  name: string,
  load: () => Promise<Model>,
  prove: (model: Model) => unknown,
): Promise<Model> {
  try {
    const model = await load();
    await prove(model);
    return model;
  } catch (error) {
    if (error instanceof Problem || error instanceof FormatError) throw error;
    const cause = error instanceof Error ? error.message : 'an error';
    throw new Problem(409, 'model', `"${name}" expected a model that runs in this Worker, got one that says: ${cause}`);
  }
}

type Name = 'codec' | 'detector';

async function put(call: Call, device: Device, name: Name, bytes: Uint8Array<ArrayBuffer>, length: number) {
  const { env, id } = call;
  const before = device[name];
  // A device that starts again puts the codec that it has.
  if (before && device.readings === length && (await holds(env, before, bytes)))
    return Response.json({ [name]: before });
  const key = await keep(env, id, bytes);
  await assign(env, id, name, key, length);
  return Response.json({ [name]: key });
}

export async function putCodec(call: Call): Promise<Response> {
  const device = await deviceOf(call.env, call.id);
  const bytes = await readBody(call.request, MOST_MODEL);
  const { inputShape } = await proved(
    'codec',
    () => loadCodec(bytes),
    async (codec) => {
      if (codec.mode !== 'bounded')
        throw new Problem(
          409,
          'mode',
          `"codec" expected one made with maxError, relativeError or psnr, got ${codec.mode}`,
        );
      await fits(call.env, device, codec.inputShape);
      const zeros = new Float32Array(codec.inputShape[0]! * codec.inputShape[1]!);
      const back: unknown = codec.decompress(codec.compress(zeros));
      if (!(back instanceof Float32Array))
        throw new Problem(409, 'mode', '"codec" expected one that was made for floats, got one for bytes');
    },
  );
  return put(call, device, 'codec', bytes, inputShape[0]!);
}

export async function putDetector(call: Call): Promise<Response> {
  const device = await deviceOf(call.env, call.id);
  const bytes = await readBody(call.request, MOST_MODEL);
  const { model } = await proved(
    'detector',
    () => loadDetector(bytes),
    async (detector) => {
      const shape = detector.model.inputShape;
      await fits(call.env, device, shape);
      const zeros = new Float32Array(shape[0]! * shape[1]!);
      const numbers = [detector.threshold, ...detector.score(zeros), ...detector.explain(zeros)];
      if (!numbers.every(Number.isFinite)) throw new RangeError('scores that are no numbers');
    },
  );
  return put(call, device, 'detector', bytes, model.inputShape[0]!);
}

/** Answers with the file. Errors: 404. */
export const getModel =
  (name: 'codec' | 'detector') =>
  async ({ env, id }: Call): Promise<Response> => {
    const { [name]: key } = await deviceOf(env, id);
    if (!key) throw new Problem(404, `no-${name}`, `"${id}" expected a device with a ${name}, got one without`);
    const headers = { 'content-type': 'application/octet-stream', etag: `"${key}"` };
    return new Response(await fileAt(env.MODELS, key), { headers });
  };
