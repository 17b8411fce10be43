// What tfjs fuses into products and convolutions: a bias and an activation.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { activations } from '../../activations.ts';
import type { Host } from '../host.ts';
import { addressOf } from '../internal.ts';
import { type KernelCall, refuse, sizeOf, theirs } from './kernel.ts';

/** Those whose kernel of ours is the same function. */
const known: Readonly<Record<string, number>> = {
  linear: activations.linear,
  relu: activations.relu,
  sigmoid: activations.sigmoid,
  elu: activations.elu,
};
/** Those that tfjs has a kernel for. */
const others: Readonly<Record<string, string>> = { relu6: 'Relu6', leakyrelu: 'LeakyRelu', prelu: 'Prelu' };

/** An error where an activation is none that tfjs fuses. */
export const notFusable = (activation: string): Error | undefined =>
  Object.hasOwn(known, activation) || Object.hasOwn(others, activation)
    ? undefined
    : refuse('activation', 'one that is fused', activation);

/** y = f(y). */
function activateInPlace(host: Host, y: number, n: number, kind: number): void {
  if (kind !== activations.linear) host.kernels.activate(y, y, 1, n, kind);
}

/** f(y) in the place of y, or, where tfjs's kernel does it, in another. */
export function activated(call: KernelCall<never>, y: TensorInfo, activation: string): TensorInfo {
  const { host, attrs } = call;
  const kind = known[activation];
  if (kind !== undefined) {
    activateInPlace(host, addressOf(host.backend, y), sizeOf(y.shape), kind);
    return y;
  }
  const alpha = (call.inputs as Readonly<Record<string, TensorInfo>>).preluActivationWeights;
  const inputs = activation === 'prelu' ? { x: y, alpha } : { x: y };
  const z = theirs(call, others[activation]!, inputs, { alpha: attrs.leakyreluAlpha });
  host.backend.disposeData(y.dataId);
  return z;
}

/**
 * A product or convolution and a bias that is no row of values for its channels: tfjs's own kernel adds it, then the
 * activation follows. tfjs refuses these biases.
 */
export function withBroadcastBias(
  call: KernelCall<never>,
  bias: TensorInfo,
  activation: string,
  y: TensorInfo | Error,
): TensorInfo | Error {
  if (y instanceof Error) return y;
  const sum = theirs(call, 'Add', { a: y, b: bias });
  call.host.backend.disposeData(y.dataId);
  if (sum.shape.join() !== y.shape.join()) throw refuse('bias', `a shape that fits to [${y.shape}]`, bias.shape);
  return activated(call, sum, activation);
}
