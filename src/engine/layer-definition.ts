import { wrongType, wrongValue } from '../core/errors.ts';
import { maxOf } from '../core/portable-math.ts';
import type { Shape } from '../core/shape.ts';
import type { Check } from '../core/validate.ts';
import type { AdaptData } from '../train/adapt-normalization.ts';
import type { Kernels } from '../wasm/kernels.ts';
import type { KernelModule } from '../wasm/modules.ts';
import type { Engine } from './engine.ts';

/** Where a layer's implementation hangs: out of JSON's sight, so that a spec is plain data. */
export const definitionSymbol: unique symbol = /* @__PURE__ */ Symbol.for('isthmus.layer');

/** A layer: plain data, made by a factory such as `dense`. */
export interface Layer {
  readonly type: string;
  /** @internal */
  readonly [definitionSymbol]?: LayerDefinition;
}

/** A tensor of weights that a layer owns. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer | CustomInitializer;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly l1: number;
  readonly l2: number;
  /** Not trained by the optimizer, such as running statistics. */
  readonly fixed?: boolean;
  /** float32 in files of every type: statistics of data, which may be of any size. */
  readonly exact?: boolean;
}

export type Initializer = 'zeros' | 'ones' | 'glorotUniform' | 'heUniform' | 'lecunUniform';

/** Calls `use` with `count` random words, in blocks of which `from` is the index of the first word. */
export type RandomWords = (count: number, use: (words: Uint32Array, from: number) => void) => void;

/** All values of a tensor of weights. A function, so that only layers that use it bring it into a bundle. */
export type CustomInitializer = (shape: Shape, randomWords: RandomWords) => Float64Array;

/** Initializers that a layer's options may name. */
export const initializers = { glorotUniform: 0, heUniform: 0, lecunUniform: 0 };

/** The spec of weights that all start at one value, as biases do; `fixed`: statistics of data, which no optimizer changes. */
export const constantWeight = (
  name: string,
  size: number,
  initializer: 'zeros' | 'ones',
  fixed = false,
): WeightSpec => ({
  name,
  shape: [size],
  initializer,
  fanIn: 0,
  fanOut: 0,
  l1: 0,
  l2: 0,
  fixed,
  exact: fixed,
});

/** Where one layer's data lies for one pass: byte addresses, outputs first. */
export interface LayerCall {
  rows: number;
  /** The place of the first of them in the batch, where a call is for some of its samples only. */
  firstRow: number;
  y: number;
  dy: number;
  /** What `forward` keeps for `backward` and `penalty`; 0 at inference and where `saved` asks for nothing. */
  saved: number;
  x: number;
  /** 0 where nobody needs the gradient of the input. */
  dx: number;
  /** The second input of a layer that joins two paths, and its gradient. */
  skipInput: number;
  skipInputGradient: number;
  weights: number[];
  /** 0 for weights that are not trained. */
  gradients: number[];
  /** Room that lasts for this call, as much as `workspace` asked for. */
  workspace: number;
  /** Not inference: batch statistics, noise, dropout. */
  training: boolean;
  /** False in the extra pass of a contractive penalty: running statistics stay as they are. */
  updateRunningStats: boolean;
  /** Rows as a share of those of a whole batch: how far running statistics move. */
  batchFraction: number;
  /** What the layer worked out once and wants to find again at its next call. */
  memo: unknown;
  /** Shape of one sample that comes in. */
  inputShape: Shape;
  /** Values of one sample, in and out. */
  inputSize: number;
  outputSize: number;
  scratch: number;
  step: number;
  stream: number;
  seedLow: number;
  seedHigh: number;
  /** The loss already took its gradient before this layer's activation. */
  lossFusedWithActivation: boolean;
  /** What comes in is mostly zero. */
  sparseInput: boolean;
  /** Values of one sample of the model's output: what a loss is the mean over. */
  outputValues: number;
  /** What a bit of rate for each of those values costs; 0 where the rate is not trained. */
  rateWeight: number;
  /** Bits a sample, which a penalty on the rate leaves here. */
  bits: number;
}

/** What a layer is: its shapes, and its forward and backward side by side. */
export interface LayerDefinition<Options extends object = object> {
  readonly type: string;
  /** Throws on wrong options; `name` is the layer's place, or its type. */
  check(options: Options, name: string): void;
  /** Shape that comes out. Throws a RangeError when `input` does not fit. */
  outputShape(options: Options, input: Shape, name: string, inner?: Shape): Shape;
  weights?(options: Options, input: Shape): WeightSpec[];
  /** Values that forward keeps for backward, beside x and y. */
  saved?(options: Options, input: Shape, rows: number): number;
  /** Bytes of room that forward or backward needs for itself. */
  workspace?(options: Options, input: Shape, rows: number): number;
  /** Layers that this one stands around: its output joins theirs with its input. */
  innerLayers?(options: Options): readonly Layer[];
  /** The module of kernels that it needs beside those of inference and training. */
  readonly module?: KernelModule | readonly KernelModule[];
  /** Adds the penalty of a contractive encoder to a step of training. */
  contractivePenalty?(setting: object, options: Options): (rows: number, step: number) => number;
  /** Puts out what comes in, in another shape. */
  readonly identity?: boolean;
  /** Left out at inference. */
  readonly trainingOnly?: boolean;
  /** Stands in `latent`, the bottleneck itself, and nowhere else. */
  readonly latent?: boolean;
  /** What it puts out is mostly zero. */
  sparseOutput?(options: Options): boolean;
  /** The bottleneck with the options that depend on the encoder before it filled in. */
  resolveDefaults?(options: Options, encoder: readonly Layer[]): Layer;
  /** What it adds to the loss, once forward is done; backward adds the gradient. */
  penalty?(kernels: Kernels, call: LayerCall, options: Options): number;
  /** The penalty is part of the loss of `evaluate` and of validation too. */
  readonly penaltyInEvaluation?: boolean;
  /** Bits that the codes at `y` cost by what training has learnt of them; undefined where that is nothing yet. */
  rate?(kernels: Kernels, call: LayerCall, options: Options): number | undefined;
  /** May stand in `corruption`: it changes samples, keeps their shape and has no weights. */
  readonly corrupts?: boolean;
  /**
   * May stand in `augment`: it changes samples where they lie. `places`: it moves values, and targets go along, for
   * the same step and row move all alike.
   */
  readonly augments?: 'places' | 'values';
  /** Stands in `corruption` or `augment`, and is no layer of a model. */
  readonly samplesOnly?: boolean;
  /** @internal Learns from the data before training, together with all layers of its kind in a network. */
  adapt?(engine: Engine, data: AdaptData): Promise<void>;
  /**
   * The layer of the same kind that undoes this one, with the same weights. A layer that has one only changes the scale of
   * what it puts out: where it comes last, losses are measured in front of it.
   */
  inverse?(options: Options): Layer | undefined;
  forward(kernels: Kernels, call: LayerCall, options: Options): void;
  /** dx (where asked for) and the gradients of the weights, which it overwrites. May change dy. */
  backward(kernels: Kernels, call: LayerCall, options: Options): void;
}

export interface LayerFactory<Options extends object> {
  (...args: object extends Options ? [options?: Options] : [options: Options]): Layer & Readonly<Options>;
  /** @internal */
  readonly definition: LayerDefinition<Options>;
}

/** A frozen copy of a list and of the lists in it; anything else as it is. */
const deepFreeze = (value: unknown): unknown => (Array.isArray(value) ? Object.freeze(value.map(deepFreeze)) : value);

/** Layers within layers, at most, when a model is built and when it is loaded: some functions call themselves for each level. */
export const MAX_NESTING = 256;

/**
 * Levels of each layer that is checked and cannot change, as all layers within it. Checking it again with every layer around
 * it would take the square of the depth.
 */
const nestingOf = /* @__PURE__ */ new WeakMap<object, number>();

/** The factory of a kind of layer: checks options, copies those that are given, hangs the kind on. */
export function defineLayer<Options extends object>(definition: LayerDefinition<Options>): LayerFactory<Options> {
  const factory = (options = {} as Options): Layer & Readonly<Options> => {
    definition.check(options, definition.type);
    // Frozen with its lists: a model is planned once, and what changed under it would no longer be what it is.
    const own = Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, deepFreeze(value)]);
    const layer = {
      type: definition.type,
      ...Object.fromEntries(own),
      [definitionSymbol]: definition,
    } as unknown as Layer & Options;
    const inner = definition.innerLayers?.(layer) ?? [];
    const levels = maxOf(inner, (one) => 1 + (nestingOf.get(one) ?? Infinity), 1);
    if (levels < Infinity) nestingOf.set(layer, levels);
    return Object.freeze(layer) as Layer & Options;
  };
  return Object.assign(factory, { definition }) as LayerFactory<Options>;
}

/** The kind of a layer at `name`. A layer that went through JSON has lost it. */
export function definitionOf(
  layer: unknown,
  name: string,
  expected = 'a layer made by a factory such as dense()',
): LayerDefinition {
  const definition = typeof layer === 'object' && layer !== null ? (layer as Layer)[definitionSymbol] : undefined;
  if (!definition) throw wrongType(name, expected, layer);
  return definition;
}

/** The kind of a layer that is checked, and must be what `use` says. */
export function definitionFor(
  layer: unknown,
  name: string,
  use: 'corrupts' | 'augments' | 'latent' | 'contractivePenalty',
  expected: string,
): LayerDefinition {
  const definition = definitionOf(layer, name, expected);
  if (!definition[use]) throw wrongValue(name, expected, definition.type);
  definition.check(layer as Layer, name);
  return definition;
}

/** Lists of layers that are being checked, each within a layer of the one before. */
let nesting = 0;

/** Checks layers that stand among those of a model; gives a list that stays as it is. */
export const checkLayers: Check<readonly Layer[]> = (name, list) => {
  if (!Array.isArray(list)) throw wrongType(name, 'an array of layers', list);
  if (list.length === 0) throw wrongValue(name, 'at least one layer', list);
  nesting++;
  try {
    list.forEach((layer, i) => {
      const path = `${name}[${i}]`;
      const definition = definitionOf(layer, path);
      if (definition.latent) throw wrongValue(path, 'a layer (a bottleneck stands in "latent")', definition.type);
      if (definition.samplesOnly)
        throw wrongValue(path, 'a layer (what changes samples is an option of fit)', definition.type);
      const levels = nestingOf.get(layer);
      const deepest = nesting + (levels ?? 1) - 1;
      if (deepest > MAX_NESTING) throw wrongValue('layers', `at most ${MAX_NESTING} levels of layers`, deepest);
      if (!levels) definition.check(layer, path);
    });
  } finally {
    nesting--;
  }
  return Object.freeze([...list]);
};
