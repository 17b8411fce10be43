// What layers with a kernel have in common: options, weights, and the activation of the output.

import { type Shape, sizeOf } from '../core/shape.ts';
import { boolean, keyOf, nonNegative, optional } from '../core/validate.ts';
import type { ActivationCall } from '../engine/layer-call.ts';
import { constantWeight, type Initializer, initializers, type WeightSpec } from '../engine/layer-definition.ts';
import type { InferKernels, TrainKernels } from '../wasm/kernels.ts';
import { type Activation, activationCodes, needsInput } from './activations.ts';

export interface KernelOptions {
  /** Default `linear`. */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform` (Glorot and Bengio, 2010); biases start at zero. */
  readonly kernelInitializer?: Exclude<Initializer, 'zeros' | 'ones'>;
  /** Added to the loss: l1·Σ|w| and l2·Σw² of the kernel. Default 0. */
  readonly l1?: number;
  /** Factor of the sum of squared kernel weights in the loss. Default 0. */
  readonly l2?: number;
}

/** Checks of these options. */
export const kernelOptions = () => ({
  activation: optional(keyOf(activationCodes)),
  useBias: optional(boolean),
  kernelInitializer: optional(keyOf(initializers)),
  l1: optional(nonNegative),
  l2: optional(nonNegative),
});

/** Kernel and bias. `shape` of the kernel: its window, input channels, output channels. */
export function kernelAndBias(o: KernelOptions, shape: Shape, units: number): WeightSpec[] {
  const { kernelInitializer: initializer = 'glorotUniform', l1 = 0, l2 = 0 } = o;
  const size = sizeOf(shape);
  const kernel = {
    name: 'kernel',
    shape,
    initializer,
    fanIn: size / shape.at(-1)!,
    fanOut: size / shape.at(-2)!,
    l1,
    l2,
  };
  return o.useBias === false ? [kernel] : [kernel, constantWeight('bias', units, 'zeros')];
}

/** Number of values that forward saves for the gradient of the activation. */
export const savedValues = (o: KernelOptions, values: number): number => (needsInput(o.activation) ? values : 0);

/** The activation's code, 0 for `linear`. */
const activationCode = (o: KernelOptions): number => activationCodes[o.activation ?? 'linear'];

/** y = activation(z), over `units` values at a time. */
export function activateOutput(k: InferKernels, c: ActivationCall, o: KernelOptions, units: number, z: number): void {
  const code = activationCode(o);
  if (code) k.activate(c.y, z, (c.rows * c.outputSize) / units, units, code);
}

/** Changes dy to dz in place. */
export function activationGradient(
  k: TrainKernels,
  c: ActivationCall,
  o: KernelOptions,
  units: number,
  z = c.saved || c.y,
): void {
  const code = activationCode(o);
  if (code && !c.activationBackwardDone)
    k.activateBackward(c.dy, c.dy, z, (c.rows * c.outputSize) / units, units, code);
}

/** Writes the gradient of the bias, unless its address is 0 or undefined. */
export function biasGradient(k: TrainKernels, c: ActivationCall, units: number, bias: number | undefined): void {
  if (bias) k.columnSums(bias, c.dy, (c.rows * c.outputSize) / units, units);
}
