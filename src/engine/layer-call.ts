// The arguments of a layer for one pass over a batch. Addresses are byte addresses in the model's memory; 0 stands for
// "not needed". They are the same in every pass of one plan; `rows` and the random state change.

import type { Shape } from '../core/shape.ts';
import type { Address, Count, Word } from '../wasm/kernels.ts';

/** Where the random numbers of a call come from: a value depends on these four numbers and on its index alone. */
export interface RandomState {
  /** Steps of training so far. */
  step: Word;
  /** Number of the stream, see core/random-streams.ts. */
  stream: Word;
  readonly seedLow: Word;
  readonly seedHigh: Word;
}

/** The batch that a step of training works on, shared by the calls of all layers. */
export interface TrainingBatch {
  /** Rows of this batch divided by the batch size, in (0, 1]: how far running statistics move. */
  fraction: number;
  /** False in the second pass of a contractive penalty, which does not change running statistics. */
  readonly updateStatistics: boolean;
}

/** What every layer needs. */
export interface LayerCall {
  /** Number of samples. */
  rows: Count;
  /** Index in the batch of the first sample; above 0 where `mixture` or several threads divide a batch. */
  firstRow: Count;
  /** The input, [rows][inputSize]. */
  x: Address;
  /** The output, [rows][outputSize]. `forward` writes all of it. */
  y: Address;
  /** Gradient of the input, written by `backward`; 0 where nothing before this layer is trained. */
  dx: Address;
  /** Gradient of the output. `backward` may change it. */
  dy: Address;
  /** One address for each weight, in the order of `weights` of the definition. */
  readonly weights: readonly Address[];
  /** Gradients of the weights, 0 for weights that are not trained. */
  readonly gradients: readonly Address[];
  /** Values that `forward` saves for `backward` and `penalty`; 0 at inference and where `saved` returns 0. */
  readonly saved: Address;
  /** As many bytes as `workspace` of the definition returned. Their content does not outlive the call. */
  readonly workspace: Address;
  /** Memory of the matrix product and of random words (SCRATCH_BYTES). */
  readonly scratch: Address;
  /** Shape of one input sample. */
  readonly inputShape: Shape;
  /** Values of one input sample, and of one output sample. */
  readonly inputSize: Count;
  readonly outputSize: Count;
  /** The input is the output of a relu: `backward` sets `dx` to zero where `x` is not above zero. See `fusesReluGradient`. */
  reluInput?: boolean;
  /** Undefined at inference and in layers that are frozen: no batch statistics, noise or dropout. */
  readonly training: TrainingBatch | undefined;
  readonly random: RandomState;
  /** What `plan` of the definition returned for `inputShape`. */
  readonly plan: unknown;
}

/** The call of a layer that wraps others, such as `residual`: `x` is the output of the wrapped layers. */
export interface JoinCall extends LayerCall {
  /** The input of the wrapped layers. */
  readonly skipInput: Address;
  /** Its gradient, 0 where it is not needed. */
  readonly skipInputGradient: Address;
}

/** The call of a layer that ends in an activation. */
export interface ActivationCall extends LayerCall {
  /** The gradient of the activation's input is at `dy`: the loss or the layer after this one has computed it. */
  activationBackwardDone?: boolean;
}

/** The call of a bottleneck. */
export interface BottleneckCall extends LayerCall {
  /** Values of one sample of the model's output: a loss is a mean over them. */
  readonly outputValues: Count;
  /** Factor of the bits per output value in the loss; 0 where they are not trained. */
  readonly rateWeight: number;
}

/** Values that share a group of random words. */
export const GROUP_VALUES = 16;

/** The group of random words of the first sample of a call; a sample has `size` values. Threads divide a batch between two groups. */
export const firstGroupOf = ({ firstRow }: LayerCall, size: number): number => (firstRow * size) / GROUP_VALUES;

/** The arguments that end every random kernel's list. */
export const randomArguments = ({ scratch, random: { step, stream, seedLow, seedHigh } }: LayerCall) =>
  [scratch, step, stream, seedLow, seedHigh] as const;
