import { wrongType } from '../errors.ts';
import type { InferKernels, TrainKernels } from '../wasm/kernels.ts';

/** The shape of one sample, channels last, without the batch. */
export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((size, side) => size * side, 1);

/** Where a layer's implementation hangs: out of JSON's sight, so that a spec is plain data. */
export const kindOf: unique symbol = /* @__PURE__ */ Symbol.for('isthmus.layer');

/** A layer: plain data, made by a factory such as `dense`. */
export interface Layer {
  readonly type: string;
  /** @internal */
  readonly [kindOf]?: LayerKind;
}

/** A tensor of weights that a layer owns. `fanIn` 0 starts at zero, as biases do. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly l1: number;
  readonly l2: number;
}

export type Initializer = 'zeros' | 'glorotUniform' | 'heUniform' | 'lecunUniform';

/** Where one layer's data lies for one pass: byte addresses, outputs first. */
export interface Call {
  rows: number;
  y: number;
  dy: number;
  /** What `forward` keeps for `backward`; 0 at inference and where `saved` asks for nothing. */
  saved: number;
  x: number;
  /** 0 where nobody needs the gradient of the input. */
  dx: number;
  weights: number[];
  gradients: number[];
  /** Values of one sample, in and out. */
  inputSize: number;
  outputSize: number;
  scratch: number;
  step: number;
  stream: number;
  seedLow: number;
  seedHigh: number;
  /** The loss already took its gradient before this layer's activation. */
  beforeActivation: boolean;
}

/** What a layer is: its shapes, and its forward and backward side by side. */
export interface LayerKind<Options extends object = object> {
  readonly type: string;
  /** Throws on wrong options; `name` is the layer's place, or its type. */
  check(options: Options, name: string): void;
  /** Shape that comes out. Throws a RangeError when `input` does not fit. */
  shape(options: Options, input: Shape, name: string): Shape;
  weights?(options: Options, input: Shape): WeightSpec[];
  /** Values a sample that forward keeps for backward, beside x and y. */
  saved?(options: Options, input: Shape): number;
  /** Left out at inference. */
  readonly trainingOnly?: boolean;
  /** May stand in `corruption`: it changes samples, keeps their shape and has no weights. */
  readonly corrupts?: boolean;
  forward(kernels: InferKernels & TrainKernels, call: Call, options: Options): void;
  /** dx (where asked for) and the gradients of the weights, which it overwrites. May change dy. */
  backward(kernels: TrainKernels, call: Call, options: Options): void;
}

export interface LayerFactory<Options extends object> {
  (options: Options): Layer & Readonly<Options>;
  /** @internal */
  readonly kind: LayerKind<Options>;
}

/** The factory of a kind of layer: checks options, copies those that are given, hangs the kind on. */
export function defineLayer<Options extends object>(kind: LayerKind<Options>): LayerFactory<Options> {
  const factory = (options: Options): Layer & Readonly<Options> => {
    kind.check(options, kind.type);
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    return { type: kind.type, ...Object.fromEntries(given), [kindOf]: kind } as unknown as Layer & Options;
  };
  return Object.assign(factory, { kind });
}

/** The kind of a layer at `name`. A layer that went through JSON has lost it. */
export function kindAt(layer: unknown, name: string): LayerKind {
  const kind = typeof layer === 'object' && layer !== null ? (layer as Layer)[kindOf] : undefined;
  if (!kind) throw wrongType(name, 'a layer made by a factory such as dense()', layer);
  return kind;
}
