// A model as one .safetensors file: weights as tensors, the architecture as JSON in the metadata.

import { assemble, type Draft, draft } from '../autoencoder.ts';
import { oneOf, options as plain } from '../check.ts';
import type { EngineFactory } from '../engine/factory.ts';
import { FormatError, show, wrongType } from '../errors.ts';
import { type AnyLayerFactory, allLayers } from '../layers/index.ts';
import type { Layer } from '../layers/layer.ts';
import { engineIn, type Model } from '../model.ts';
import type { AutoencoderSpec } from '../spec.ts';
import type { ResponseLike, UrlLike } from '../types.ts';
import type { Source } from '../wasm/modules.ts';
import { decodeTensor, encodeTensor, type SaveType } from './dtype.ts';
import { readSafetensors, type Tensor, writeSafetensors } from './safetensors.ts';

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
  const { dtype = 'float32', part = 'all' } = plain<SaveOptions>('options', options, ['dtype', 'part']);
  oneOf('dtype', dtype, { float32: 0, float16: 0, int8: 0 });
  oneOf('part', part, { all: 0, encoder: 0 });
  const { input, encoder, latent } = model.spec;
  const spec = part === 'all' ? model.spec : { input, encoder, ...(latent && { latent }) };
  const entries = Object.entries(model.weights)
    .filter(([name]) => part === 'all' || !/^(decoder|head)\./.test(name))
    .flatMap(([name, { data, shape }]) => encodeTensor(name, data, shape, dtype));
  return writeSafetensors(new Map(entries), describe(model, 'isthmus', spec));
}

/** The bytes of a source. Errors: TypeError; what `fetch` throws; FormatError for a response that is not ok. */
export async function bytesOf(source: ModelSource): Promise<Uint8Array> {
  const tag = Object.prototype.toString.call(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (tag === '[object ArrayBuffer]') return new Uint8Array(source as ArrayBuffer);
  // By what they can do: Workers of a date before September 2024 call both "[object Object]".
  const { href, ok } = (source ?? {}) as Partial<UrlLike & ResponseLike>;
  if (typeof href !== 'string' && typeof ok !== 'boolean')
    throw wrongType('source', 'bytes, a Response or a URL', source);
  const response = typeof href === 'string' ? await fetch(href) : (source as ResponseLike);
  if (!response.ok)
    throw new FormatError('truncated', `"source" expected a response that is ok, got status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The value a piece of metadata holds as JSON. */
export function json(metadata: Readonly<Record<string, string>>, key: string): unknown {
  const text = metadata[key];
  try {
    if (text !== undefined) return JSON.parse(text);
  } catch {}
  throw new FormatError(
    'corrupt',
    `"${key}" expected JSON in the metadata, got ${text === undefined ? 'nothing' : 'other text'}`,
  );
}

/** Layers within layers: engines differ in how many calls they take, and in the error beyond. */
const MOST_LEVELS = 200;

/** The layer that JSON describes, by the factory of its type. */
function revive(value: unknown, factories: ReadonlyMap<string, AnyLayerFactory>, level = 1): Layer {
  if (level > MOST_LEVELS)
    throw new FormatError('limit', `"layers" expected at most ${MOST_LEVELS} levels of layers, got more`);
  const { type, ...options } = (value ?? {}) as Layer & { layers?: unknown };
  const factory = factories.get(type);
  if (factory && Array.isArray(options.layers)) {
    return factory({ ...options, layers: options.layers.map((layer) => revive(layer, factories, level + 1)) });
  }
  if (factory) return factory(options);
  throw new FormatError('model', `"layers" expected to know ${show(type)}, got ${[...factories.keys()].join(', ')}`);
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
): Promise<Model> {
  const { layers = allLayers(), engine } = plain<LoadOptions>('options', options, ['layers', 'engine']);
  const expected = 'an array of layer factories such as [dense]';
  if (!Array.isArray(layers)) throw wrongType('layers', expected, layers);
  for (const factory of layers) if (!factory?.kind?.type) throw wrongType('layers', expected, factory);
  const found = metadata.format;
  if (found !== format) {
    throw new FormatError('model', `"format" expected ${format} in the metadata, got ${found ?? 'nothing'}`);
  }
  const version = Number(metadata.version);
  if (!(version >= 1)) throw new FormatError('corrupt', `"version" expected 1..${VERSION}, got ${metadata.version}`);
  if (version > VERSION) throw new FormatError('version', `"version" expected 1..${VERSION}, got ${version}`);
  const factories = new Map(layers.map((factory: AnyLayerFactory) => [factory.kind.type, factory]));
  const spec = json(metadata, 'model') as AutoencoderSpec;
  try {
    const given = { seed: Number(metadata.seed), ...(engine && { engine }) };
    return await filled(draft(reviveAll(spec, factories), given, false), tensors, others);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new FormatError(
      'model',
      `"model" expected a spec that autoencoder() takes, got one that says: ${error.message}`,
    );
  }
}

/** A spec whose layers are layers again. What is no list is left for `autoencoder` to refuse. */
function reviveAll(spec: AutoencoderSpec, factories: ReadonlyMap<string, AnyLayerFactory>): AutoencoderSpec {
  const list = <T>(part: T): T => (Array.isArray(part) ? part.map((layer) => revive(layer, factories)) : part) as T;
  const { encoder, latent, decoder, head, corruption, ...rest } = spec ?? {};
  const noise = corruption && (Array.isArray(corruption) ? list(corruption) : revive(corruption, factories));
  const code = latent && revive(latent, factories);
  return {
    ...rest,
    encoder: list(encoder),
    ...(code && { latent: code }),
    ...(decoder && { decoder: list(decoder) }),
    ...(head && { head: list(head) }),
    ...(noise && { corruption: noise }),
  };
}

/**
 * The model in a file written by `saveModel`. Errors: FormatError with a code for bytes that are no such file;
 * TypeError for a source of another type; UnsupportedError without WebAssembly SIMD.
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  const { tensors, metadata } = readSafetensors(await bytesOf(source));
  return build(metadata, tensors, 'isthmus', options);
}
