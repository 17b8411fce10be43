// What training hands to a penalty on the encoder, such as that of a contractive bottleneck. The penalty belongs to a layer,
// so that only models with that layer bring its code along.

import type { Kernels } from '../wasm/kernels.ts';
import type { Memory } from '../wasm/memory.ts';
import type { Arena } from './arena.ts';
import type { Weight } from './graph.ts';
import type { LayerCall } from './layer-call.ts';

/** A layer of the encoder in the training step, with the addresses that it works on. */
export interface EncoderStep {
  readonly layer: { readonly type: string };
  readonly call: LayerCall;
}

/** A second plan of the encoder, with the same weights and its own activations and gradients. */
export interface SecondEncoder {
  /** Address of its input. */
  readonly input: number;
  /** Address of its gradients of the weights, laid out as those of the whole model. */
  readonly gradients: number;
  /** The call of its last layer: the code at `y`, and its gradient, to be written before `backward`, at `dy`. */
  readonly output: LayerCall;
  forward(rows: number, step: number): void;
  backward(rows: number): void;
}

export interface EncoderPenaltyContext {
  readonly kernels: Kernels;
  readonly memory: Memory;
  /** For blocks whose contents last for one training step. */
  readonly arena: Arena;
  readonly batchSize: number;
  readonly seed: number;
  /** The layers of the encoder that run in a training step, in order, without the normalization layers in front. */
  readonly encoder: readonly EncoderStep[];
  /** Address of what these layers read, and values of one sample there. */
  readonly input: number;
  readonly inputSize: number;
  /** Address of the gradients of the model's weights. */
  readonly gradients: number;
  /** The trained weights of the encoder. */
  readonly weights: readonly Weight[];
  /** Plans the encoder a second time, for up to `rows` samples. */
  planSecondEncoder(rows: number): SecondEncoder;
}

/** Adds the gradients of the penalty for a batch, after the backward pass of the loss, and returns the penalty. */
export type EncoderPenalty = (rows: number, step: number) => number;
