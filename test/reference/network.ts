// Dense layers and dropout in float64: loss and gradients by plain loops.

import type { Activation } from '../../src/layers/activations.ts';
import * as activations from './activations.ts';
import { type Mix, mixtureGradient, mixtureValue } from './losses.ts';
import { matmul, transpose } from './matrix.ts';
import { penalty, penaltyGradient } from './optimizers.ts';

export type { Mix } from './losses.ts';

export interface DenseLayer {
  readonly kind?: 'dense';
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
  /** [inputs][units] */
  readonly kernel: Float64Array;
  /** Undefined without a bias. */
  readonly bias?: Float64Array;
  readonly l1: number;
  readonly l2: number;
}

export interface DropoutLayer {
  readonly kind: 'dropout';
  /** [rows][width]: the factor of each value, 0 or 1 / (1 - rate). */
  readonly mask: ArrayLike<number>;
}

export type Layer = DenseLayer | DropoutLayer;

/** The gradients of one layer; empty where the layer has no such weights. */
export interface Gradient {
  readonly kernel: Float64Array;
  readonly bias: Float64Array;
}

const isDense = (layer: Layer): layer is DenseLayer => layer.kind !== 'dropout';

/** z[rows][units] = x · kernel + bias. */
function affine(layer: DenseLayer, x: ArrayLike<number>, rows: number): Float64Array {
  const { inputs, units, kernel, bias } = layer;
  const z = matmul(x, kernel, rows, units, inputs);
  if (bias) for (let i = 0; i < z.length; i++) z[i]! += bias[i % units]!;
  return z;
}

const masked = (x: ArrayLike<number>, mask: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: x.length }, (_, i) => x[i]! * mask[i]!);

/** The output of the last layer. */
export function forward(layers: readonly Layer[], x: ArrayLike<number>, rows: number): Float64Array {
  let y: Float64Array = Float64Array.from(x);
  for (const layer of layers) {
    y = isDense(layer)
      ? activations.forward(layer.activation, affine(layer, y, rows), rows, layer.units)
      : masked(y, layer.mask);
  }
  return y;
}

/** Σ weight · loss, and penalties on kernels: a bias has none, as in Keras' kernel_regularizer. */
export function loss(
  layers: readonly Layer[],
  x: ArrayLike<number>,
  t: ArrayLike<number>,
  rows: number,
  mix: Mix,
  weights?: ArrayLike<number>,
): number {
  let total = mixtureValue(mix, forward(layers, x, rows), t, weights);
  for (const layer of layers) if (isDense(layer)) total += penalty(layer.kernel, layer.l1, layer.l2);
  return total;
}

/** Gradients of `loss` by every kernel and bias: the chain rule from the last layer to the first. */
export function gradients(
  layers: readonly Layer[],
  x: ArrayLike<number>,
  t: ArrayLike<number>,
  rows: number,
  mix: Mix,
  weights?: ArrayLike<number>,
): Gradient[] {
  const inputs = layers.map((_, l) => forward(layers.slice(0, l), x, rows));
  let dy = mixtureGradient(mix, forward(layers, x, rows), t, weights);
  const result: Gradient[] = [];
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l]!;
    if (!isDense(layer)) {
      dy = masked(dy, layer.mask);
      result.unshift({ kernel: new Float64Array(0), bias: new Float64Array(0) });
      continue;
    }
    const { inputs: n, units, kernel, bias, l1, l2 } = layer;
    const input = inputs[l]!;
    const dz = activations.backward(layer.activation, dy, affine(layer, input, rows), rows, units);
    const dk = matmul(transpose(input, rows, n), dz, n, units, rows);
    penaltyGradient(kernel, l1, l2).forEach((g, i) => {
      dk[i]! += g;
    });
    const db = new Float64Array(bias ? units : 0);
    if (bias) for (let i = 0; i < dz.length; i++) db[i % units]! += dz[i]!;
    dy = matmul(dz, transpose(kernel, n, units), rows, n, units);
    result.unshift({ kernel: dk, bias: db });
  }
  return result;
}

/** `loss` and `gradients`. */
export function lossAndGradients(
  layers: readonly Layer[],
  x: ArrayLike<number>,
  t: ArrayLike<number>,
  rows: number,
  mix: Mix,
): { loss: number; gradients: Gradient[] } {
  return { loss: loss(layers, x, t, rows, mix), gradients: gradients(layers, x, t, rows, mix) };
}
