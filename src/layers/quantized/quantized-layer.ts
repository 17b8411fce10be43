// Shared by quantized layers: options, weights, the integers of the input, and the last steps of the output.

import { wrongValue } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { keyOf, optional } from '../../core/validate.ts';
import type { LayerCall } from '../../engine/layer-call.ts';
import type { LinkedPass, WeightSpec, WeightStorage } from '../../engine/layer-definition.ts';
import type { Address, Count, Kernels } from '../../wasm/kernels.ts';
import { type Activation, activationCodes } from '../activations.ts';

/** Options that all quantized layers have in common. */
export interface QuantizedLayerOptions {
  /** Default `linear`. The absolute error of `sigmoid` is below 2e-5, in a quarter of the time. */
  readonly activation?: Activation;
}

/** Maximum number of products in one sum, 2^30 / (128 · 255). The bias has at most 30 bits too, so the sum fits into 32 bits. */
export const MAX_PRODUCTS = 32896;

export interface QuantizedCall extends LayerCall {
  /** The input consists of integers of this layer's range, written by the layer before. */
  integerInput?: boolean;
  /** Address of the range of the layer that reads the output as integers; 0 or undefined for an output of floats. */
  outputRange?: Address;
}

export const quantizedOptions = () => ({ activation: optional(keyOf(activationCodes)) });

/** Errors: RangeError for sums that could overflow. */
export function checkProducts(products: number, name: string): void {
  if (products > MAX_PRODUCTS) throw wrongValue(name, `at most ${MAX_PRODUCTS} products in a sum`, products);
}

const exactWeight = (name: string, shape: Shape, initializer: WeightSpec['initializer']): WeightSpec => ({
  name,
  shape,
  initializer,
  fanIn: 0,
  fanOut: 0,
  l1: 0,
  l2: 0,
  fixed: true,
  exact: true,
});

/**
 * The weights of a quantized layer: the kernel as integers -127..127, its steps, the biases, and the step and the lowest integer
 * of the input. The shape of the steps is that of the kernel's output axes, so that kernel · steps broadcasts.
 */
export const quantizedWeights = (
  kernel: Shape,
  scale: Shape,
  columns: number,
  storage: WeightStorage,
): WeightSpec[] => [
  { ...exactWeight('kernel', kernel, 'zeros'), storage },
  exactWeight('kernel.scale', scale, 'ones'),
  exactWeight('bias', [columns], 'zeros'),
  exactWeight('input', [2], () => Float64Array.of(1 / 255, 0)),
];

/** Addresses of the weights of a call. */
export function weightAddresses({ weights }: LayerCall): {
  kernel: Address;
  scale: Address;
  bias: Address;
  range: Address;
} {
  const [kernel, scale, bias, range] = weights as [Address, Address, Address, Address];
  return { kernel, scale, bias, range };
}

/** The address of the integers of the input; `workspace`: memory for them, 2 bytes a value. */
export function integerInput(k: Kernels, c: QuantizedCall, workspace: Address): Address {
  if (c.integerInput) return c.x;
  k.toIntegers(workspace, c.x, c.rows * c.inputSize, weightAddresses(c).range);
  return workspace;
}

/** The form of the output: whether the kernel applies relu, and the range of its integers, or 0 for floats. */
export function outputForm(c: QuantizedCall, { activation = 'linear' }: QuantizedLayerOptions) {
  const relu: 0 | 1 = activation === 'relu' ? 1 : 0;
  const direct = relu || activation === 'linear';
  const range = direct ? (c.outputRange ?? 0) : 0;
  /** Applies an activation that the kernel does not apply, and converts its output to integers. `columns`: values in a row. */
  const finish = (k: Kernels, columns: Count): void => {
    if (direct) return;
    const values = c.rows * c.outputSize;
    if (activation === 'sigmoid') k.approximateSigmoid(c.y, values);
    else k.activate(c.y, c.y, values / columns, columns, activationCodes[activation]);
    if (c.outputRange) k.toIntegers(c.y, c.y, values, c.outputRange);
  };
  return { relu, range, bytes: range ? 2 : 4, finish };
}

/**
 * A layer whose output only one quantized layer reads writes the integers of that layer instead of floats. Codes are floats:
 * decode(encode(x)) has the bits of one pass.
 */
export const linkIntegers = ({ network, ops, calls, last }: LinkedPass, at: number): void => {
  const readers = [...ops.keys()].filter((i) => ops[i]!.input === at || ops[i]!.skipInput === at);
  const reader = readers[0]!;
  if (at === last || readers.length !== 1 || !ops[reader]!.node.definition.inferenceOnly) return;
  const [first, second] = [at, reader].map((i) => network.nodes.indexOf(ops[i]!.node) < network.encoderNodes);
  if (first !== second) return;
  const next = calls[reader] as QuantizedCall;
  next.integerInput = true;
  (calls[at] as QuantizedCall).outputRange = weightAddresses(next).range;
};

/** `fit` refuses models with quantized layers before this could run. */
export function noBackward(): void {
  throw new Error('a quantized layer has no gradient');
}
