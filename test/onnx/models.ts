// Models around the layers of the cases, and comparisons of their outputs.

import { createRequire } from 'node:module';
import type { AutoencoderSpec, Layer, Model, Shape } from 'isthmus';
import * as isthmus from 'isthmus';
import { randomFrom } from '../fuzz/mutate.ts';
import { layerCases, pathCases, pathShapes } from './cases.ts';

export type Part = 'encoder' | 'decoder' | 'whole';

/** The samples in a batch of each comparison. */
export const batches = [1, 5];

export const sizeOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1);

/** Values in -2..2, the same for the same seed. */
export function values(count: number, seed: number): Float32Array {
  const random = randomFrom(seed);
  return Float32Array.from({ length: count }, () => (random(1 << 20) / (1 << 20)) * 4 - 2);
}

/** A model with the layer in the encoder, or else in the decoder, with all weights random. */
export interface Case {
  readonly layerType: string;
  readonly title: string;
  readonly spec: AutoencoderSpec;
  /** The parts of the model that have the layer. */
  readonly parts: readonly Part[];
}

const factories = isthmus as unknown as Record<string, (options: object) => Layer>;

/** The cases of a layer: each in the encoder, and in the decoder unless it is a bottleneck. */
export function casesOf(layerType: string): Case[] {
  const layers: { title: string; shape: Shape; layer: Layer }[] = [];
  for (const [title, option] of Object.entries(layerCases[layerType]?.options ?? {}))
    for (const shape of layerCases[layerType]!.shapes)
      layers.push({ title, shape, layer: factories[layerType]!(option) });
  for (const [title, inner] of Object.entries(pathCases[layerType] ?? {}))
    for (const shape of pathShapes(title))
      layers.push({ title, shape, layer: factories[layerType]!({ layers: inner(shape) }) });
  return layers.flatMap(({ title, shape, layer }): Case[] => {
    const { flatten, dense, reshape, activation } = isthmus;
    const back = [flatten(), dense({ units: sizeOf(shape) }), reshape({ targetShape: shape })];
    const name = `${title}, [${shape.join(', ')}]`;
    const isBottleneck = (factories[layerType] as unknown as { definition: { bottleneck?: true } }).definition
      .bottleneck;
    const encoder = isBottleneck
      ? { encoder: [dense({ units: shape.at(-1)!, activation: 'sigmoid' })], latent: layer }
      : { encoder: [layer] };
    const inEncoder: Case = {
      layerType,
      title: `${name}, encoder`,
      spec: { input: shape, ...encoder, decoder: back },
      parts: ['encoder', 'whole'],
    };
    if (isBottleneck) return [inEncoder];
    const decoder = [layer, ...back];
    const spec = { input: shape, encoder: [activation({ activation: 'tanh' })], decoder };
    return [inEncoder, { layerType, title: `${name}, decoder`, spec, parts: ['decoder', 'whole'] }];
  });
}

/** The model of a case. Kernels are small enough for outputs near 1; statistics, which must be above 0, are in 0.5..1.5. */
export async function modelOf({ spec }: Case): Promise<Model> {
  const model = await isthmus.autoencoder(spec, { seed: 7 });
  const entries = Object.entries(model.weights).map(([path, { shape, data }], i) => {
    const positive = /movingVariance|deviation|control/.test(path);
    const inputs = /ernel$/.test(path) ? data.length / shape.at(-1)! : 4;
    const random = values(data.length, i + 1).map((value) => value / 2 / Math.sqrt(inputs) + (positive ? 1 : 0));
    // A deviation of 0 counts as 1.
    if (path.endsWith('deviation') && random.length > 1) random[1] = 0;
    return [path, { shape, data: random }] as const;
  });
  model.setWeights(Object.fromEntries(entries));
  return model;
}

/** Input and output of a part of a model for some rows. */
export function exampleOf(model: Model, part: Part, rows: number) {
  const shape = part === 'decoder' ? model.latentShape : model.inputShape;
  const x = values(rows * sizeOf(shape), rows);
  const run = { encoder: () => model.encode(x), decoder: () => model.decode(x), whole: () => model.predict(x) };
  return { x, dims: [rows, ...shape], expected: run[part]() };
}

/** The largest difference of two lists, relative to values above 1. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(a[i]!));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

const tools = new URL('tools/package.json', import.meta.url);

interface OrtTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** The part of onnxruntime-web that the tests use. */
export interface Runtime {
  readonly env: { readonly wasm: { numThreads: number } };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(bytes: Uint8Array): Promise<{
      readonly inputNames: readonly string[];
      readonly outputNames: readonly string[];
      run(inputs: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
      release(): Promise<void>;
    }>;
  };
}

/** onnxruntime-web, or undefined where the tools are not installed. */
export function runtime(): Runtime | undefined {
  try {
    const ort = createRequire(tools)('onnxruntime-web/wasm') as Runtime;
    ort.env.wasm.numThreads = 1;
    return ort;
  } catch {
    return undefined;
  }
}

/** A session of onnxruntime-web for a file of one input and one output. */
export async function open(ort: Runtime, bytes: Uint8Array) {
  const session = await ort.InferenceSession.create(bytes);
  const { inputNames, outputNames } = session;
  return {
    inputNames,
    outputNames,
    async run(x: Float32Array, dims: readonly number[]) {
      const output = await session.run({ [inputNames[0]!]: new ort.Tensor('float32', x, dims) });
      const { data, dims: outputDims } = output[outputNames[0]!]!;
      return { data, dims: outputDims };
    },
    release: () => session.release(),
  };
}

/** A file of isthmus whose digest of the nodes is wrong, so that `fromOnnx` reads its operators in place of its spec. */
export function withoutSpec(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  const at = Buffer.from(bytes).indexOf('isthmus.digest');
  // The key is followed by the tag and the length of the value.
  changed[at + 16] = changed[at + 16] === 0x30 ? 0x31 : 0x30;
  return changed;
}
