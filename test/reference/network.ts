// A chain of dense layers in float64: loss and gradients by plain loops.

import type { Activation } from '../../src/activations.ts';
import type { LossName } from '../../src/losses.ts';
import * as activations from './activations.ts';
import * as losses from './losses.ts';

export interface DenseLayer {
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
  /** [inputs][units] */
  readonly kernel: Float64Array;
  readonly bias: Float64Array;
  readonly l1: number;
  readonly l2: number;
}

/** z[rows][units] = x · kernel + bias. */
function affine(layer: DenseLayer, x: ArrayLike<number>, rows: number): Float64Array {
  const { inputs, units, kernel, bias } = layer;
  const z = new Float64Array(rows * units);
  for (let r = 0; r < rows; r++) {
    for (let u = 0; u < units; u++) {
      let sum = bias[u]!;
      for (let i = 0; i < inputs; i++) sum += x[r * inputs + i]! * kernel[i * units + u]!;
      z[r * units + u] = sum;
    }
  }
  return z;
}

/** Σ weight · loss, and penalties. */
export function loss(
  layers: readonly DenseLayer[],
  x: ArrayLike<number>,
  t: ArrayLike<number>,
  rows: number,
  mix: Mix,
): number {
  let y = x;
  for (const layer of layers) y = activations.forward(layer.activation, affine(layer, y, rows), rows, layer.units);
  let total = 0;
  for (const [name, weight] of Object.entries(mix)) total += weight * losses.value(name as LossName, y, t);
  for (const { kernel, l1, l2 } of layers) for (const w of kernel) total += l1 * Math.abs(w) + l2 * w * w;
  return total;
}

export type Mix = { readonly [name in LossName]?: number };

/** Gradients of `loss` by every kernel and bias. */
export function gradients(
  layers: readonly DenseLayer[],
  x: ArrayLike<number>,
  t: ArrayLike<number>,
  rows: number,
  mix: Mix,
): { kernel: Float64Array; bias: Float64Array }[] {
  const inputs: ArrayLike<number>[] = [];
  const before: Float64Array[] = [];
  let y = x;
  for (const layer of layers) {
    inputs.push(y);
    before.push(affine(layer, y, rows));
    y = activations.forward(layer.activation, before[before.length - 1]!, rows, layer.units);
  }
  let dy = new Float64Array(y.length);
  for (const [name, weight] of Object.entries(mix)) {
    losses.gradient(name as LossName, y, t).forEach((g, i) => {
      dy[i]! += weight * g;
    });
  }
  const result: { kernel: Float64Array; bias: Float64Array }[] = [];
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l]!;
    const { inputs: n, units, kernel, l1, l2 } = layer;
    const dz = activations.backward(layer.activation, dy, before[l]!, rows, units);
    const dk = Float64Array.from(kernel, (w) => l1 * Math.sign(w) + 2 * l2 * w);
    const db = new Float64Array(units);
    dy = new Float64Array(rows * n);
    for (let r = 0; r < rows; r++) {
      for (let u = 0; u < units; u++) {
        const g = dz[r * units + u]!;
        db[u]! += g;
        for (let i = 0; i < n; i++) {
          dk[i * units + u]! += inputs[l]![r * n + i]! * g;
          dy[r * n + i]! += g * kernel[i * units + u]!;
        }
      }
    }
    result.unshift({ kernel: dk, bias: db });
  }
  return result;
}
