// A model as a .safetensors file: the weights as tensors, the spec as JSON in the metadata.

import { formatError, show, wrongType } from '../core/errors.ts';
import { maxOf } from '../core/portable-math.ts';
import { sizeOf } from '../core/shape.ts';
import { byteCount, type Check, choice, keyOf, optional, unchecked, validate } from '../core/validate.ts';
import { MAX_NESTING } from '../engine/define-layer.ts';
import type { EngineFactory } from '../engine/engine.ts';
import type { Layer } from '../engine/layer-definition.ts';
import { readWeight } from '../engine/weights.ts';
import { type AnyLayerFactory, allLayers } from '../layers/all-layers.gen.ts';
import { type AutoencoderOptions, createModel, type ModelPlan, planModel } from '../model/autoencoder.ts';
import { engineOf, type Model } from '../model/model.ts';
import type { AutoencoderSpec } from '../model/spec.ts';
import type { Source } from '../wasm/modules.ts';
import { decodeTensor, encodeTensor, integerTensor, type SaveType, saveTypes } from './dtype.ts';
import { loaderHint } from './foreign-formats.ts';
import { type ModelSource, readSource, tooLarge } from './read-source.ts';
import { isObject, parseTensors, serializeTensors, type Tensor } from './safetensors.ts';

/** The version of the metadata. Loaders refuse higher versions. */
export const VERSION = 1;

/** Options of `saveModel`. */
export interface SaveOptions {
  /** `float32` is exact, and the default. `float16` rounds all weights; `int8` rounds kernels, with one scale for each output. */
  readonly dtype?: SaveType;
  /** `encoder` saves a model without decoder, which can `encode` and take a head. Default `all`. */
  readonly part?: 'all' | 'encoder';
}

/** Options of `loadModel` and of the other loaders. */
export interface LoadOptions {
  /** The factories of the layers that the file may contain, such as `[dense]`. Default: all. */
  readonly layers?: readonly AnyLayerFactory[];
  /** The engine of the model, as for `autoencoder`. */
  readonly engine?: EngineFactory;
  /**
   * Limit in bytes of the file, and of the weights together with one sample in the widest layer, at 4 bytes a value. A larger file or
   * model fails with FormatError `limit`, and a download stops at the limit (not in isthmus/slim). Default: no limit. Loading takes
   * memory in proportion to the file, but a model may need more memory than that for each sample.
   */
  readonly maxBytes?: number;
}

/** The metadata of a model, in all kinds of files. */
export function modelMetadata(model: Model, format: string, spec = model.spec): Record<string, string> {
  return { format, version: String(VERSION), model: JSON.stringify(spec), seed: String(model.seed) };
}

/**
 * A model as the bytes of a `.safetensors` file. Errors: TypeError and RangeError for wrong options; RangeError for a weight outside float16.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, saveModel } from 'isthmus';
 *
 * const model = await autoencoder(denseAutoencoder({ input: [784], latent: 64 }), { seed: 1 });
 * for (const dtype of ['float32', 'float16', 'int8'] as const) console.log(dtype, saveModel(model, { dtype }).length);
 * // prints float32 405360
 * // prints float16 202960
 * // prints int8 107848
 * ```
 */
export function saveModel(model: Model, options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
  engineOf(model);
  const { dtype, part } = validate('options', options, {
    dtype: optional(keyOf(saveTypes), 'float32'),
    part: optional(choice('all', 'encoder'), 'all'),
  });
  const { input, encoder, latent } = model.spec;
  const spec = part === 'all' ? model.spec : { input, encoder, ...(latent && { latent }) };
  return serializeTensors(
    weightTensors(model, dtype, part === 'all' ? undefined : /^(decoder|head)\./),
    modelMetadata(model, 'isthmus', spec),
  );
}

/** The weights of a model as tensors, except those whose names match `without`. Statistics of data stay float32. */
export function weightTensors(model: Model, dtype: SaveType, without?: RegExp): Map<string, Tensor> {
  const { memory, network } = engineOf(model);
  const entries = network.weights.flatMap((weight): [string, Tensor][] => {
    const { path, shape, exact, storage } = weight;
    if (without?.test(path)) return [];
    const values = readWeight(memory, weight);
    if (storage) return [[path, integerTensor(values, shape)]];
    return encodeTensor(path, values, shape, exact ? 'float32' : dtype);
  });
  return new Map(entries);
}

/** The JSON value of an entry of the metadata. */
export function parseMetadata(metadata: Readonly<Record<string, string>>, key: string): unknown {
  const text = metadata[key];
  try {
    if (text !== undefined) return JSON.parse(text);
  } catch {}
  throw formatError('corrupt', key, 'JSON in the metadata', text === undefined ? 'nothing' : 'other text');
}

/** The layer of JSON data, made by the factory of its type. */
function reviveLayer(value: unknown, factories: ReadonlyMap<string, AnyLayerFactory>, level = 1): Layer {
  if (level > MAX_NESTING) throw formatError('limit', 'layers', `at most ${MAX_NESTING} levels of layers`, level);
  const { type, ...options } = (value ?? {}) as Layer & { layers?: unknown };
  const { layers } = options;
  const factory = factories.get(type);
  if (!factory) throw formatError('model', 'layers', `to know ${show(type)}`, [...factories.keys()].join(', '));
  const inner = Array.isArray(layers) && { layers: layers.map((layer) => reviveLayer(layer, factories, level + 1)) };
  return factory({ ...options, ...inner });
}

/** @internal The model of a plan with weights from tensors. Errors: FormatError. */
export async function createWithWeights(
  plan: ModelPlan,
  tensors: ReadonlyMap<string, Tensor>,
  others: readonly Source[] = [],
): Promise<Model> {
  const weights = plan.network.weights.map(({ path, shape, storage }) => {
    const data = decodeTensor(tensors, path, shape, storage && 'integers');
    return [path, { shape, data }] as const;
  });
  const model = await createModel(plan, others);
  model.setWeights(Object.fromEntries(weights));
  return model;
}

const layerFactories: Check<readonly AnyLayerFactory[]> = (name, value) => {
  const expected = 'an array of layer factories such as [dense]';
  if (!Array.isArray(value)) throw wrongType(name, expected, value);
  for (const factory of value) if (!factory?.definition?.type) throw wrongType(name, expected, factory);
  return value;
};

/** A file that has been read, with the options of its loader. */
export interface ModelFile extends ReturnType<typeof parseTensors> {
  readonly bytes: Uint8Array;
  readonly options: LoadOptions & { readonly maxBytes: number };
}

/** Reads a file. Errors: those of `loadModel`. */
export async function openFile(source: ModelSource, options: LoadOptions): Promise<ModelFile> {
  const checked = validate('options', options, {
    layers: optional(layerFactories),
    engine: unchecked as Check<EngineFactory>,
    maxBytes: optional(byteCount, Infinity),
  });
  const bytes = await readSource(source, checked.maxBytes);
  return { ...parseTensors(bytes), bytes, options: checked as ModelFile['options'] };
}

/**
 * The model of a file. `format`: the required format; `latest`: its highest version. Memory is allocated after all weights were
 * found. Errors: FormatError.
 */
export async function buildModel(
  { metadata, tensors, options: { layers, engine, maxBytes } }: ModelFile,
  format: string,
  others: readonly Source[] = [],
  latest = VERSION,
): Promise<Model> {
  const { format: found = 'nothing', version } = metadata;
  if (found !== format) throw formatError('model', 'format', `${format} in the metadata`, found + loaderHint(found));
  if (!(Number(version) >= 1 && Number(version) <= latest)) {
    throw formatError(Number(version) > latest ? 'version' : 'corrupt', 'version', `1..${latest}`, version);
  }
  const factories = new Map((layers ?? allLayers()).map((factory) => [factory.definition.type, factory]));
  const spec = parseMetadata(metadata, 'model') as AutoencoderSpec;
  try {
    const plan = planModel(
      reviveAll(spec, factories),
      { seed: Number(metadata.seed), engine } as AutoencoderOptions,
      false,
    );
    const { nodes, weightBytes } = plan.network;
    // The weights, and one sample in the widest layer.
    const needed = weightBytes + 4 * maxOf(nodes, ({ outputSize }) => outputSize, sizeOf(plan.spec.input));
    if (needed > maxBytes) throw tooLarge('model', needed, maxBytes);
    return await createWithWeights(plan, tensors, others);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw formatError('model', 'model', 'a spec that autoencoder() takes', `one that says: ${error.message}`);
  }
}

/** `buildModel` for files whose model has a decoder. Errors: FormatError also for a model without one. */
export async function buildDecodingModel(
  file: ModelFile,
  format: string,
  others?: readonly Source[],
  latest?: number,
): Promise<Model> {
  const model = await buildModel(file, format, others, latest);
  if (!model.spec.decoder) throw formatError('model', 'model', 'one with a decoder', 'one without');
  return model;
}

/** The keys of a spec whose values are layers. */
const layerKeys = ['encoder', 'latent', 'decoder', 'head', 'corruption'];

/** A spec with layers made from their JSON data. */
function reviveAll(spec: AutoencoderSpec, factories: ReadonlyMap<string, AnyLayerFactory>): AutoencoderSpec {
  const revive = (part: unknown) =>
    Array.isArray(part) ? part.map((layer) => reviveLayer(layer, factories)) : reviveLayer(part, factories);
  if (!isObject(spec)) return spec;
  const parts = { ...spec } as Record<string, unknown>;
  for (const key of layerKeys) if (key in spec) parts[key] = revive(parts[key]);
  return parts as unknown as AutoencoderSpec;
}

/**
 * The model of a file that `saveModel` has written. Errors: FormatError with a `code` for other bytes; TypeError for a source of
 * another type; UnsupportedError without WebAssembly SIMD.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, loadModel, saveModel } from 'isthmus';
 *
 * const spec = { input: [8], encoder: [dense({ units: 2 })], decoder: [dense({ units: 8 })] };
 * const model = await autoencoder(spec, { seed: 1 });
 * const loaded = await loadModel(saveModel(model), { layers: [dense] }); // bundlers then drop the other layers
 * const x = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
 * console.log(String(loaded.encode(x)) === String(model.encode(x)));
 * // prints true
 * ```
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  return buildModel(await openFile(source, options), 'isthmus');
}
