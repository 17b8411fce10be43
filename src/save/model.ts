// A model as one .safetensors file: weights as tensors, the architecture as JSON in the metadata.

import { assemble, type Draft, draft } from '../autoencoder.ts';
import { bytesIn } from '../bytes.ts';
import { anything, type Check, choice, maybe, read } from '../check.ts';
import type { EngineFactory } from '../engine/factory.ts';
import { formatError, show, wrongType } from '../errors.ts';
import { type AnyLayerFactory, allLayers } from '../layers/index.ts';
import { type Layer, MOST_LEVELS } from '../layers/layer.ts';
import { engineIn, type Model } from '../model.ts';
import type { AutoencoderSpec } from '../spec.ts';
import type { ResponseLike, UrlLike } from '../types.ts';
import type { Source } from '../wasm/modules.ts';
import { decodeTensor, encodeTensor, type SaveType, saveTypes } from './dtype.ts';
import { isObject, readSafetensors, type Tensor, writeSafetensors } from './safetensors.ts';

/** Version of what stands in the metadata. A reader refuses a higher one. */
export const VERSION = 1;

export interface SaveOptions {
  /** `float32`, exact (the default); `float16`; `int8`, kernels with a scale for each output, biases exact. */
  readonly dtype?: SaveType;
  /** `encoder`: that alone, a model that can `encode` and take a head. Default `all`. */
  readonly part?: 'all' | 'encoder';
}

export interface LoadOptions {
  /** Layer factories the file may use, such as `[dense]`. Default: all. */
  readonly layers?: readonly AnyLayerFactory[];
  /** Where the model is to live, as for `autoencoder`. */
  readonly engine?: EngineFactory;
}

/** Bytes, or where they come from. */
export type ModelSource = ArrayBufferView | ArrayBuffer | ResponseLike | UrlLike;

/** What both kinds of file say of their model. */
export function describe(model: Model, format: string, spec = model.spec): Record<string, string> {
  return { format, version: String(VERSION), model: JSON.stringify(spec), seed: String(model.seed) };
}

/** A model as the bytes of a `.safetensors` file. Errors: TypeError, RangeError on a wrong dtype. */
export function saveModel(model: Model, options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
  engineIn(model);
  const { dtype, part } = read('options', options, {
    dtype: maybe(choice(saveTypes), 'float32'),
    part: maybe(choice({ all: 0, encoder: 0 }), 'all'),
  });
  const { input, encoder, latent } = model.spec;
  const spec = part === 'all' ? model.spec : { input, encoder, ...(latent && { latent }) };
  return writeSafetensors(
    weightTensors(model, dtype, part === 'all' ? undefined : /^(decoder|head)\./),
    describe(model, 'isthmus', spec),
  );
}

/** The weights of a model in a type, but for those whose names `without` fits. Statistics of data stay float32. */
export function weightTensors(model: Model, dtype: SaveType, without?: RegExp): Map<string, Tensor> {
  const { memory, network } = engineIn(model);
  const entries = network.weights.flatMap(({ path, shape, size, offset, exact }) =>
    without?.test(path)
      ? []
      : encodeTensor(path, memory.read(memory.parameters + offset, size), shape, exact ? 'float32' : dtype),
  );
  return new Map(entries);
}

/** The bytes of a source. Errors: TypeError; what `fetch` throws; FormatError for a response that is not ok. */
export async function bytesOf(source: ModelSource): Promise<Uint8Array> {
  const bytes = bytesIn(source);
  if (bytes) return bytes;
  // By what they can do: Workers of a date before September 2024 call both "[object Object]".
  const { href, ok } = (source ?? {}) as Partial<UrlLike & ResponseLike>;
  if (typeof href !== 'string' && typeof ok !== 'boolean')
    throw wrongType('source', 'bytes, a Response or a URL', source);
  const response = typeof href === 'string' ? await fetch(href) : (source as ResponseLike);
  if (!response.ok) throw formatError('truncated', 'source', 'a response that is ok', `status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The value a piece of metadata holds as JSON. */
export function json(metadata: Readonly<Record<string, string>>, key: string): unknown {
  const text = metadata[key];
  try {
    if (text !== undefined) return JSON.parse(text);
  } catch {}
  throw formatError('corrupt', key, 'JSON in the metadata', text === undefined ? 'nothing' : 'other text');
}

/** The layer that JSON describes, by the factory of its type. */
function revive(value: unknown, factories: ReadonlyMap<string, AnyLayerFactory>, level = 1): Layer {
  if (level > MOST_LEVELS) throw formatError('limit', 'layers', `at most ${MOST_LEVELS} levels of layers`, level);
  const { type, ...options } = (value ?? {}) as Layer & { layers?: unknown };
  const { layers } = options;
  const factory = factories.get(type);
  if (!factory) throw formatError('model', 'layers', `to know ${show(type)}`, [...factories.keys()].join(', '));
  const own = Array.isArray(layers) && { layers: layers.map((layer) => revive(layer, factories, level + 1)) };
  return factory({ ...options, ...own });
}

/** @internal The model of a draft with the weights in tensors. Errors: FormatError. */
export async function filled(
  plan: Draft,
  tensors: ReadonlyMap<string, Tensor>,
  others: readonly Source[] = [],
): Promise<Model> {
  const weights = plan.network.weights.map(({ path, shape }) => {
    return [path, { shape, data: decodeTensor(tensors, path, shape) }] as const;
  });
  const model = await assemble(plan, others);
  model.setWeights(Object.fromEntries(weights));
  return model;
}

const factoriesIn: Check<readonly AnyLayerFactory[]> = (name, value) => {
  const expected = 'an array of layer factories such as [dense]';
  if (!Array.isArray(value)) throw wrongType(name, expected, value);
  for (const factory of value) if (!factory?.kind?.type) throw wrongType(name, expected, factory);
  return value;
};

/**
 * The model that the metadata of a file describes, with the weights in its tensors. Memory is taken only for
 * weights that are there. Errors: FormatError.
 */
export async function build(
  metadata: Readonly<Record<string, string>>,
  tensors: ReadonlyMap<string, Tensor>,
  format: string,
  options: LoadOptions,
  others: readonly Source[] = [],
  latest = VERSION,
): Promise<Model> {
  const { layers, engine } = read('options', options, {
    layers: maybe(factoriesIn),
    engine: anything,
  });
  const { format: found = 'nothing', version } = metadata;
  if (found !== format) throw formatError('model', 'format', `${format} in the metadata`, found);
  if (!(Number(version) >= 1 && Number(version) <= latest)) {
    throw formatError(Number(version) > latest ? 'version' : 'corrupt', 'version', `1..${latest}`, version);
  }
  const factories = new Map((layers ?? allLayers()).map((factory) => [factory.kind.type, factory]));
  const spec = json(metadata, 'model') as AutoencoderSpec;
  try {
    const given = { seed: Number(metadata.seed), ...(engine !== undefined && { engine: engine as EngineFactory }) };
    return await filled(draft(reviveAll(spec, factories), given, false), tensors, others);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw formatError('model', 'model', 'a spec that autoencoder() takes', `one that says: ${error.message}`);
  }
}

/** The same. Errors: a FormatError too for a model without a decoder. */
export async function buildWhole(...given: Parameters<typeof build>): Promise<Model> {
  const model = await build(...given);
  if (!model.spec.decoder) throw formatError('model', 'model', 'one with a decoder', 'one without');
  return model;
}

/** Parts of a spec that hold layers. */
const holders = ['encoder', 'latent', 'decoder', 'head', 'corruption'];

/** A spec whose layers are layers again. */
function reviveAll(spec: AutoencoderSpec, factories: ReadonlyMap<string, AnyLayerFactory>): AutoencoderSpec {
  const alive = (part: unknown) =>
    Array.isArray(part) ? part.map((layer) => revive(layer, factories)) : revive(part, factories);
  if (!isObject(spec)) return spec;
  const parts = { ...spec } as Record<string, unknown>;
  for (const key of holders) if (key in spec) parts[key] = alive(parts[key]);
  return parts as unknown as AutoencoderSpec;
}

/**
 * The model in a file written by `saveModel`. Errors: FormatError with a code for bytes that are no such file;
 * TypeError for a source of another type; UnsupportedError without WebAssembly SIMD.
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  const { tensors, metadata } = readSafetensors(await bytesOf(source));
  return build(metadata, tensors, 'isthmus', options);
}
