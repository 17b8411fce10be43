// What conv1d, conv2d and their transposes have in common: options, weights, and the activation behind.

import { type Activation, activations, needsInput } from '../../activations.ts';
import { type Check, fields, integer } from '../../check.ts';
import type { InferKernels, TrainKernels } from '../../wasm/kernels.ts';
import { type Call, constant, type Initializer, type WeightSpec, weighted } from '../layer.ts';
import { type WindowOptions, windowChecks } from './window.ts';

/** Options of a convolution with filters over all channels. */
export interface ConvOptions extends WindowOptions {
  /** Channels that come out, 1..65536. */
  readonly filters: number;
  /** Default `linear`. */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform`; biases start at zero. */
  readonly kernelInitializer?: Exclude<Initializer, 'zeros' | 'ones'>;
  /** Added to the loss: l1·Σ|w| and l2·Σw² of the kernel. Default 0. */
  readonly l1?: number;
  readonly l2?: number;
}

/** Checks of what all convolutions have in common; `side`: of the window's sides. */
export const convChecks = (side?: Check) => ({ ...weighted(), ...windowChecks(side) });

export const checkFilters: Check<number> = (name, value) => integer(name, value, 1, 65536);

export const checkConv = (o: ConvOptions, name: string, side?: Check): void => {
  fields(name, o, { filters: checkFilters, ...convChecks(side) });
};

/** Kernel and bias; `shape` of the kernel, its window first. */
export function convWeights(
  o: Omit<ConvOptions, 'filters'>,
  shape: readonly number[],
  fanIn: number,
  fanOut: number,
  units: number,
): WeightSpec[] {
  const { kernelInitializer: initializer = 'glorotUniform', l1 = 0, l2 = 0 } = o;
  const kernel = { name: 'kernel', shape, initializer, fanIn, fanOut, l1, l2 };
  return o.useBias === false ? [kernel] : [kernel, constant('bias', units, 'zeros')];
}

/** Values kept for the gradient of the activation. */
export const savedFor = (activation: Activation | undefined, values: number): number =>
  needsInput(activation ?? 'linear') ? values : 0;

/** y = activation(z), where z was written to `saved`, or to y if there is none. */
export function activateOutput(k: InferKernels, c: Call, activation: Activation | undefined, channels: number): void {
  if (!activation || activation === 'linear') return;
  k.activate(c.y, c.saved || c.y, (c.rows * c.outputSize) / channels, channels, activations[activation]);
}

/** dy becomes dz, and the gradient of the bias its column sums. `bias` 0 or missing: there is none. */
export function activateBackwardOutput(
  k: TrainKernels,
  c: Call,
  activation: Activation | undefined,
  channels: number,
  bias: number | undefined,
): void {
  const places = (c.rows * c.outputSize) / channels;
  if (activation && activation !== 'linear' && !c.beforeActivation) {
    k.activateBackward(c.dy, c.dy, c.saved || c.y, places, channels, activations[activation]);
  }
  if (bias) k.columnSums(bias, c.dy, places, channels);
}
