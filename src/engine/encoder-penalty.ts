// What training hands to a penalty on the encoder, such as that of a contractive bottleneck. The penalty belongs to a layer,
// so that only models with that layer bring its code along.

import type { Kernels } from '../wasm/kernels.ts';
import type { Memory } from '../wasm/memory.ts';
import type { Arena } from './arena.ts';
import type { Network, Node } from './graph.ts';
import type { LayerCall } from './layer-call.ts';

/** A layer of the training step, with the addresses that it works on. */
export interface PenalizedStep {
  readonly layer: { readonly type: string };
  readonly call: LayerCall;
}

/** A second plan of some nodes, with the same weights and its own activations and gradients. */
export interface SecondPass {
  /** Address of its input. */
  readonly input: number;
  /** Address of its gradients of the weights, laid out as those of the whole model. */
  readonly gradients: number;
  /** The call of its last layer: the output at `y`, and its gradient, to be written before `backward`, at `dy`. */
  readonly output: LayerCall;
  forward(rows: number, step: number): void;
  backward(rows: number): void;
}

export interface EncoderPenaltyContext {
  readonly network: Network;
  readonly kernels: Kernels;
  readonly memory: Memory;
  /** For blocks whose contents last for one training step. */
  readonly arena: Arena;
  readonly batchSize: number;
  readonly seed: number;
  /** The layers that run in a training step, in order. */
  readonly steps: readonly PenalizedStep[];
  /** Address of the batch. */
  readonly input: number;
  /** Address of the gradients of the model's weights. */
  readonly gradients: number;
  /** Plans nodes a second time, for up to `rows` samples. The sources of the nodes are indices in `nodes`. */
  readonly planSecondPass: (nodes: readonly Node[], rows: number) => SecondPass;
}

/** Adds the gradients of the penalty for a batch, after the backward pass of the loss, and returns the penalty. */
export type EncoderPenalty = (rows: number, step: number) => number;
