// Activations that tfjs fuses into products and convolutions.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { activations } from '../../activations.ts';
import type { Host } from '../host.ts';
import { addressOf } from '../internal.ts';
import { type KernelCall, refuse, sizeOf } from './kernel.ts';

/** Those whose kernel of ours is the same function: not relu6, not prelu, not leakyrelu, whose slope may be any. */
const known: Readonly<Record<string, number>> = {
  linear: activations.linear,
  relu: activations.relu,
  sigmoid: activations.sigmoid,
  elu: activations.elu,
};

export const fusable = (activation: string): boolean => Object.hasOwn(known, activation);

/** y = f(y). */
export function activateInPlace(host: Host, y: number, n: number, activation: string): void {
  const kind = known[activation]!;
  if (kind !== activations.linear) host.kernels.activate(y, y, 1, n, kind);
}

/**
 * A product or convolution and a bias that is no row of values for its channels: `run` does it without, tfjs's own
 * kernel adds, and the activation follows. tfjs refuses these biases.
 */
export function withBroadcastBias(
  call: KernelCall<never>,
  bias: TensorInfo,
  activation: string,
  run: () => TensorInfo | Error,
): TensorInfo | Error {
  const { tf, host, made } = call;
  const add = tf.getKernel('Add', 'wasm')?.kernelFunc;
  if (!add) return refuse('bias', 'one value for each channel, as the kernel Add is missing', bias.shape);
  const y = run();
  if (y instanceof Error) return y;
  const sum = add({ inputs: { a: y, b: bias }, backend: host.backend }) as TensorInfo;
  host.backend.disposeData(y.dataId);
  made.splice(0, made.length, sum);
  if (sum.shape.join() !== y.shape.join()) throw refuse('bias', `a shape that fits to [${y.shape}]`, bias.shape);
  activateInPlace(host, addressOf(host.backend, sum), sizeOf(sum.shape), activation);
  return sum;
}
