// What tfjs fuses into products and convolutions: a bias and an activation.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Activation, activationCodes } from '../../layers/activations.ts';
import { addressOf } from '../internal.ts';
import { type KernelCall, notFloats, refuseInput, runOriginal, sizeOf } from './kernel.ts';

/** Those whose kernel of ours is the same function. */
const known: readonly string[] = ['linear', 'relu', 'sigmoid', 'elu'] satisfies Activation[];
/** Those that tfjs has a kernel for. */
const others: Readonly<Record<string, string>> = { relu6: 'Relu6', leakyrelu: 'LeakyRelu', prelu: 'Prelu' };

/** Errors: TypeError for a bias of another type, which tfjs's own kernels read as floats, beyond its end. */
export function biasOf({ inputs }: KernelCall<'bias'>): TensorInfo | undefined {
  const bad = inputs.bias && notFloats(inputs, ['bias']);
  if (bad) throw bad;
  return inputs.bias;
}

/** An error where an activation is none that tfjs fuses. */
export const notFusable = (activation: string): Error | undefined =>
  known.includes(activation) || Object.hasOwn(others, activation)
    ? undefined
    : refuseInput('activation', 'one that is fused', activation);

/** f(y) in the place of y, or, where tfjs's kernel does it, in another. */
export function applyActivation(call: KernelCall<never>, y: TensorInfo, activation: string): TensorInfo {
  const { host, attrs } = call;
  if (known.includes(activation)) {
    const at = addressOf(host.backend, y);
    if (activation !== 'linear')
      host.kernels.activate(at, at, 1, sizeOf(y.shape), activationCodes[activation as Activation]);
    return y;
  }
  const alpha = (call.inputs as Readonly<Record<string, TensorInfo>>).preluActivationWeights;
  const inputs = activation === 'prelu' ? { x: y, alpha } : { x: y };
  const z = runOriginal(call, others[activation]!, inputs, { alpha: attrs.leakyreluAlpha });
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
  const sum = runOriginal(call, 'Add', { a: y, b: bias });
  call.host.backend.disposeData(y.dataId);
  if (sum.shape.join() !== y.shape.join()) throw refuseInput('bias', `a shape that fits to [${y.shape}]`, bias.shape);
  return applyActivation(call, sum, activation);
}
