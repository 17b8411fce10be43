// Codecs and detectors: files in R2. A model is tested before it is stored, and loaded once in an isolate.

import { type Codec, type Detector, FormatError, loadCodec, loadDetector } from 'isthmus';
import { MAX_VALUES } from './batches.ts';
import { type Device, deviceOf } from './devices.ts';
import { assign, hasBytes, writeFile } from './files.ts';
import { MAX_MODEL_BYTES, readBody } from './input.ts';
import type { Bucket, Env } from './platform.ts';
import { Problem } from './problem.ts';
import type { Call } from './router.ts';

/** Largest number of cached codecs, and of cached detectors: each has its own memory, and the isolate has 128 MB. */
const MAX_CACHED = 16;

/** A cache of loaded models by key. It drops the least recently used model first. Errors: LostFile. */
class ModelCache<Value> {
  readonly #values = new Map<string, Value>();
  readonly #load: (bytes: ArrayBuffer) => Promise<Value>;

  constructor(load: (bytes: ArrayBuffer) => Promise<Value>) {
    this.#load = load;
  }

  /** Loads a file. Each file was loaded once before it was stored, so a file that cannot be loaded was damaged since. */
  async #read(bucket: Bucket, key: string): Promise<Value> {
    const bytes = await fileAt(bucket, key);
    try {
      return await this.#load(bytes);
    } catch (error) {
      console.warn(key, error);
      throw new LostFile(key);
    }
  }

  async get(bucket: Bucket, key: string): Promise<Value> {
    const value = this.#values.get(key) ?? (await this.#read(bucket, key));
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const oldest of this.#values.keys()) if (this.#values.size > MAX_CACHED) this.#values.delete(oldest);
    return value;
  }
}

export const codecs = new ModelCache<Codec>((bytes) => loadCodec(bytes));
export const detectors = new ModelCache<Detector>((bytes) => loadDetector(bytes));

/** A file that was deleted after its key was read, or that is damaged. */
export class LostFile extends Problem {
  constructor(key: string) {
    super(409, 'lost', `"${key}" expected a file that is there, got none: put the model again`);
  }
}

async function fileAt(bucket: Bucket, key: string): Promise<ArrayBuffer> {
  const object = await bucket.get(key);
  if (!object) throw new LostFile(key);
  return object.arrayBuffer();
}

/** Readings in a window of the device. Rows without that number take it from a model. */
export async function readingsOf(env: Env, { readings, codec, detector }: Device): Promise<number | undefined> {
  if (readings !== null) return readings;
  if (codec) return (await codecs.get(env.MODELS, codec)).inputShape[0];
  return detector ? (await detectors.get(env.MODELS, detector)).model.inputShape[0] : undefined;
}

/** Checks that a model takes windows of [readings, channels] of the device. Errors: 409. */
async function checkShape(env: Env, device: Device, shape: readonly number[]): Promise<void> {
  const channels = device.profile.channels.length;
  const readings = await readingsOf(env, device);
  const [length = 0, width] = shape;
  if (shape.length !== 2 || width !== channels || (readings !== undefined && length !== readings))
    throw new Problem(
      409,
      'shape',
      `"model" expected samples of [${readings ?? 'readings'}, ${channels}], got [${shape}]`,
    );
  if (length * width > MAX_VALUES)
    throw new Problem(409, 'shape', `"model" expected windows of at most ${MAX_VALUES} values, got [${shape}]`);
}

/** Loads a model and tests it on one window. Errors: 409 for a model that fails. */
async function loadTested<Model>(
  name: string,
  load: () => Promise<Model>,
  test: (model: Model) => unknown,
): Promise<Model> {
  try {
    const model = await load();
    await test(model);
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
  const current = device[name];
  // A device that restarts puts its current codec again.
  if (current && device.readings === length && (await hasBytes(env, current, bytes)))
    return Response.json({ [name]: current });
  const key = await writeFile(env, id, bytes);
  await assign(env, id, name, key, length);
  return Response.json({ [name]: key });
}

export async function putCodec(call: Call): Promise<Response> {
  const device = await deviceOf(call.env, call.id);
  const bytes = await readBody(call.request, MAX_MODEL_BYTES);
  const { inputShape } = await loadTested(
    'codec',
    () => loadCodec(bytes),
    async (codec) => {
      if (codec.mode !== 'bounded')
        throw new Problem(
          409,
          'mode',
          `"codec" expected one made with maxError, relativeError or psnr, got ${codec.mode}`,
        );
      await checkShape(call.env, device, codec.inputShape);
      const zeros = new Float32Array(codec.inputShape[0]! * codec.inputShape[1]!);
      const decompressed: unknown = codec.decompress(codec.compress(zeros));
      if (!(decompressed instanceof Float32Array))
        throw new Problem(409, 'mode', '"codec" expected one that was made for floats, got one for bytes');
    },
  );
  return put(call, device, 'codec', bytes, inputShape[0]!);
}

export async function putDetector(call: Call): Promise<Response> {
  const device = await deviceOf(call.env, call.id);
  const bytes = await readBody(call.request, MAX_MODEL_BYTES);
  const { model } = await loadTested(
    'detector',
    () => loadDetector(bytes),
    async (detector) => {
      const shape = detector.model.inputShape;
      await checkShape(call.env, device, shape);
      const zeros = new Float32Array(shape[0]! * shape[1]!);
      const numbers = [detector.threshold, ...detector.score(zeros), ...detector.explain(zeros)];
      if (!numbers.every(Number.isFinite)) throw new RangeError('scores that are no numbers');
    },
  );
  return put(call, device, 'detector', bytes, model.inputShape[0]!);
}

/** Answers with the file of a model. Errors: 404. */
export const getModel =
  (name: 'codec' | 'detector') =>
  async ({ env, id }: Call): Promise<Response> => {
    const { [name]: key } = await deviceOf(env, id);
    if (!key) throw new Problem(404, `no-${name}`, `"${id}" expected a device with a ${name}, got one without`);
    const headers = { 'content-type': 'application/octet-stream', etag: `"${key}"` };
    return new Response(await fileAt(env.MODELS, key), { headers });
  };
