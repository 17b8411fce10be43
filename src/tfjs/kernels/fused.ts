// The bias and the activation that tfjs fuses into products and convolutions.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Activation, activationCodes } from '../../layers/activations.ts';
import { addressOf } from '../internal/backend.ts';
import { type KernelCall, refuseInput, runOtherKernel, sizeOf, typeError, wrongInput } from './kernel.ts';

/** Activations that the kernel `activate` computes as tfjs does. */
const own: readonly string[] = ['linear', 'relu', 'sigmoid', 'elu'] satisfies Activation[];
/** Kernels of tfjs for the other activations. */
const kernelNames: Readonly<Record<string, string>> = { relu6: 'Relu6', leakyrelu: 'LeakyRelu', prelu: 'Prelu' };

/** The bias. Errors: TypeError for another type, which the kernels of tfjs would read as floats, beyond its end. */
export function biasOf({ inputs }: KernelCall<'bias'>): TensorInfo | undefined {
  const { bias } = inputs as { bias?: TensorInfo };
  if (bias && bias.dtype !== 'float32') throw typeError('bias', 'a float32', bias);
  return bias;
}

/** Refuses an activation that tfjs does not fuse. */
export function checkActivation(activation: string): void {
  if (!own.includes(activation) && !Object.hasOwn(kernelNames, activation))
    refuseInput('activation', 'one that is fused', activation);
}

/** Applies an activation to `y`: in place, or by a kernel of tfjs, which returns another tensor. */
export function applyActivation(call: KernelCall<never>, y: TensorInfo, activation: string): TensorInfo {
  const { host, attrs } = call;
  if (own.includes(activation)) {
    const address = addressOf(host.backend, y);
    if (activation !== 'linear')
      host.kernels.activate(address, address, 1, sizeOf(y.shape), activationCodes[activation as Activation]);
    return y;
  }
  const alpha = (call.inputs as Readonly<Record<string, TensorInfo>>).preluActivationWeights;
  const inputs = activation === 'prelu' ? { x: y, alpha } : { x: y };
  const result = runOtherKernel(call, kernelNames[activation]!, inputs, { alpha: attrs.leakyreluAlpha });
  host.backend.disposeData(y.dataId);
  return result;
}

/**
 * Adds a bias that is not one value for each channel to a product or convolution `y`, by the kernel `Add` of tfjs, and applies the
 * activation. The fused kernels of tfjs refuse such a bias.
 */
export function addBroadcastBias(
  call: KernelCall<never>,
  y: TensorInfo,
  bias: TensorInfo,
  activation: string,
): TensorInfo {
  const sum = runOtherKernel(call, 'Add', { a: y, b: bias });
  call.host.backend.disposeData(y.dataId);
  if (sum.shape.join() !== y.shape.join()) throw wrongInput('bias', `a shape that fits to [${y.shape}]`, bias.shape);
  return applyActivation(call, sum, activation);
}
