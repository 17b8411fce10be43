// The definition of a layer for the engine. A layer object is plain data; its definition is a property under a symbol, which
// `JSON.stringify` skips. Nothing in the engine lists all layers, so bundlers drop those that are not imported.

import type { Shape } from '../core/shape.ts';
import type { Signal } from '../core/types.ts';
import type { SampleBatch } from '../data/sample-batch.ts';
import type { TrainingSource } from '../data/training-source.ts';
import type { Address, Kernels } from '../wasm/kernels.ts';
import type { Memory } from '../wasm/memory.ts';
import type { KernelModule } from '../wasm/modules.ts';
import type { BottleneckCall, LayerCall } from './layer-call.ts';

/** The property of a layer object that holds its definition. */
export const definitionSymbol: unique symbol = /* @__PURE__ */ Symbol.for('isthmus.layer');

/** A layer: plain data, made by a factory such as `dense`. */
export interface Layer {
  /** Name of the factory, such as `dense`. */
  readonly type: string;
  /** @internal */
  readonly [definitionSymbol]?: LayerDefinition | SampleTransform;
}

export type Initializer = 'zeros' | 'ones' | 'glorotUniform' | 'heUniform' | 'lecunUniform';

/** Initializers that a layer's options may name. */
export const initializers = { glorotUniform: 0, heUniform: 0, lecunUniform: 0 };

/** Calls `use` with `count` random words, in blocks of which `from` is the index of the first word. */
export type RandomWords = (count: number, use: (words: Uint32Array, from: number) => void) => void;

/** All values of a weight tensor. A function, so that only layers that use it bring it into a bundle. */
export type CustomInitializer = (shape: Shape, randomWords: RandomWords) => Float64Array;

/** The form in memory of a weight of 8-bit integers. */
export interface WeightStorage {
  /** Bytes in memory, zeros between the weights included. */
  readonly bytes: number;
  /** The values as floats, from the bytes of a memory. */
  read(bytes: Uint8Array, address: Address): Float32Array<ArrayBuffer>;
  /** Writes values that are integers -127..127. */
  write(bytes: Uint8Array, address: Address, values: Float32Array): void;
  /** Index of the first value that is no such integer, or -1. */
  firstInvalid(values: Float32Array): number;
}

/** One weight tensor of a layer. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer | CustomInitializer;
  readonly fanIn: number;
  readonly fanOut: number;
  /** Factors of Σ|w| and Σw² in the loss. */
  readonly l1: number;
  readonly l2: number;
  /** Not trained by the optimizer, such as running statistics. */
  readonly fixed?: boolean;
  /** Stored as float32 in files of every type: statistics of data, which may be of any magnitude. */
  readonly exact?: boolean;
  /** Present for a weight of 8-bit integers. Files of every type store its values as 8-bit integers. */
  readonly storage?: WeightStorage;
}

/** A vector of weights with one initial value, such as biases. `fixed`: statistics of data, which no optimizer changes. */
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

/** @internal The part of an engine that `adapt` reads. A separate interface, because the types of an engine depend on the types of a layer. */
export interface AdaptedEngine {
  readonly memory: Memory;
  readonly network: {
    readonly outputShape: Shape;
    readonly nodes: readonly {
      readonly layer: Layer;
      readonly definition: LayerDefinition;
      readonly path: string;
      readonly inputSize: number;
      /** Bytes from the start of the weights, and number of values. */
      readonly weights: readonly { readonly offset: number; readonly size: number }[];
    }[];
  };
}

/** @internal The data and options of a run of `fit` that layers with statistics learn from before training. */
export interface AdaptData {
  readonly source: TrainingSource;
  /** Undefined where the targets are the samples themselves. */
  readonly targets: SampleBatch | undefined;
  readonly signal: Signal | undefined;
  /** Yields to the event loop when it is time, and throws the reason of an aborted signal. */
  pause(): Promise<void>;
  /** True: every layer learns again; false: none; undefined: those with initial statistics. */
  readonly readapt: boolean | undefined;
}

interface Definition<Options extends object> {
  readonly type: string;
  /** Throws a TypeError or RangeError on wrong options. `name`: path of the layer in its model, or its type. */
  check(options: Options, name: string): void;
  /** Modules of kernels besides those of inference and training. */
  readonly module?: KernelModule | readonly KernelModule[];
  /** Bytes that `forward` or `backward` needs for the time of a call. */
  workspace?(options: Options, input: Shape, rows: number): number;
}

/**
 * The backward pass of a layer in three parts, which run in sequence. Several threads divide two of the parts by samples. They divide the
 * gradients of the weights by weights, so that one thread adds all samples of a sum in their order.
 */
export interface GradientParts<Options extends object = object, Call extends LayerCall = LayerCall> {
  /** Changes dy in place to the gradient by the input of the activation. Computes each sample independently. */
  activationGradient(kernels: Kernels, call: Call, options: Options): void;
  /** Overwrites the gradients of the weights. Otherwise writes to the workspace only. */
  weightGradients(kernels: Kernels, call: Call, options: Options): void;
  /** Writes dx, whose address is not 0. Computes each sample independently. */
  inputGradient(kernels: Kernels, call: Call, options: Options): void;
}

/** The backward pass of a layer from its parts. */
export const backwardOf =
  <Options extends object, Call extends LayerCall>(parts: GradientParts<Options, Call>) =>
  (kernels: Kernels, call: Call, options: Options): void => {
    parts.activationGradient(kernels, call, options);
    parts.weightGradients(kernels, call, options);
    if (call.dx) parts.inputGradient(kernels, call, options);
  };

/** The part of a pass that a layer can read: its ops with their calls, and the index of the op with the output. */
export interface LinkedPass {
  readonly network: { readonly nodes: readonly object[]; readonly encoderNodes: number };
  readonly ops: readonly {
    readonly node: { readonly definition: { readonly inferenceOnly?: boolean } };
    readonly input: number;
    readonly skipInput: number | undefined;
  }[];
  readonly calls: readonly LayerCall[];
  readonly last: number;
}

/** A layer of a model: its shapes, its weights, and its forward and backward next to each other. */
export interface LayerDefinition<Options extends object = object, Call extends LayerCall = LayerCall>
  extends Definition<Options> {
  /** Shape of one output sample. Throws a RangeError when `input` does not fit. `wrapped`: output shape of `innerLayers`. */
  outputShape(options: Options, input: Shape, name: string, wrapped?: Shape): Shape;
  weights?(options: Options, input: Shape): WeightSpec[];
  /** Number of values that `forward` saves for `backward` in addition to x and y. */
  saved?(options: Options, input: Shape, rows: number): number;
  /** What depends on options and input shape alone, computed once for all calls: `call.plan`. */
  plan?(options: Options, input: Shape): Call['plan'];
  /** The wrapped layers of `residual` and `skip`; the call's `x` is their output, `skipInput` this layer's own input. */
  innerLayers?(options: Options): readonly Layer[];
  /** The output has the values of the input, perhaps in another shape: no step runs. */
  readonly identity?: boolean;
  /** `backward` can apply the gradient of a relu at its input. It can leave the gradient of its own relu to the next layer. */
  readonly fusesReluGradient?: boolean;
  /** Not run at inference. */
  readonly trainingOnly?: boolean;
  /** `fit` accepts it as `corruption`, as if it were a `SampleTransform`. */
  readonly corrupts?: boolean;
  /** @internal Learns statistics from the data before training, together with all layers of the same type in the network. */
  adapt?(engine: AdaptedEngine, data: AdaptData): Promise<void>;
  /**
   * The layer of the same type and weights that undoes this one. A layer with an inverse only scales its output: where it
   * is the last one, losses are measured before it.
   */
  inverse?(options: Options): Layer | undefined;
  /**
   * `forward` computes each sample by itself, and so does `backward` in a layer without weights. `saved` has the values of one
   * sample after the other.
   */
  readonly rowwise?: boolean;
  /**
   * Whether the gradients of a batch and its penalty are the means of those of its samples, and random numbers are those of the
   * index of a sample in the batch. Not needed for layers that are `rowwise`. Default: no.
   */
  meansOfRows?(options: Options, input: Shape): boolean;
  /** The parts of `backward`, for layers whose gradients several threads can compute. */
  readonly gradientParts?: GradientParts<Options, Call>;
  /** Has no gradient: `fit` refuses models with this layer. */
  readonly inferenceOnly?: boolean;
  /** @internal Called once for a pass, before `forward`. Lets the layer and the layers that read its output use another form than floats. */
  link?(pass: LinkedPass, at: number): void;
  /** Writes all of y. */
  forward(kernels: Kernels, call: Call, options: Options): void;
  /** Overwrites the gradients of the weights and, unless `dx` is 0, the gradient of the input. May change dy. */
  backward(kernels: Kernels, call: Call, options: Options): void;
}

/** Loss per batch that a bottleneck adds, and the bits per sample that its codes cost, if it counts them. */
export interface Penalty {
  readonly loss: number;
  readonly bits?: number;
}

/** Members of the definition of a bottleneck. */
interface BottleneckMembers<Options extends object, Call extends BottleneckCall> {
  /** Allowed as `latent` of a spec, and nowhere else. */
  readonly bottleneck: true;
  /** Most values of the output are 0. */
  sparseOutput?(options: Options): boolean;
  /** The bottleneck with those defaults filled in that depend on the encoder. */
  resolveDefaults?(options: Options, encoder: readonly Layer[]): Layer;
  /** Computes the penalty after `forward`; `backward` adds its gradient. */
  penalty?(kernels: Kernels, call: Call, options: Options): Penalty;
  /** `evaluate` and validation add the penalty to their loss, too. */
  readonly penaltyInEvaluation?: boolean;
  /** The penalty on the encoder, from an `EncoderPenaltyContext`: see encoder-penalty.ts. */
  contractivePenalty?(context: object, options: Options): (rows: number, step: number) => number;
  /** Bits of the codes at `y` by the trained prior; undefined before any training. */
  codeBits?(kernels: Kernels, call: Call, options: Options): number | undefined;
}

export type BottleneckDefinition<
  Options extends object = object,
  Call extends BottleneckCall = BottleneckCall,
> = LayerDefinition<Options, Call> & BottleneckMembers<Options, Call>;

/** The definition of any layer of a network. */
export type NodeDefinition = LayerDefinition & Partial<BottleneckMembers<object, BottleneckCall>>;

/** Changes samples before a step of training and keeps their shape: a corruption or an augmentation. It is no layer of a model. */
export interface SampleTransform<Options extends object = object> extends Definition<Options> {
  /** Allowed as `corruption`: the changed samples are the input, the original ones the target. */
  readonly corrupts?: boolean;
  /** Allowed as `augment`: the changed samples are input and target. Works in place, y = x. */
  readonly augments?: boolean;
  /** An augmentation that moves values, so that targets of the sample's shape move in the same way. */
  readonly movesValues?: boolean;
  /** Throws a RangeError when samples of a shape do not fit. */
  checkShape?(options: Options, input: Shape, name: string): void;
  forward(kernels: Kernels, call: LayerCall, options: Options): void;
}
