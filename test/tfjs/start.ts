// Starts the WASM backend of TensorFlow.js, and helpers that its tests share.
import assert from 'node:assert/strict';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Imported because it registers the gradients of all operations.
import '@tensorflow/tfjs-layers';

setThreadsCount(1);

export async function start(): Promise<typeof tf> {
  assert.equal(await tf.setBackend('wasm'), true);
  return tf;
}

/** Runs a kernel by its name. */
export function kernel(name: string, inputs: Record<string, tf.Tensor>, attrs: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
}

/** Asserts |actual - expected| <= 1e-4 · |expected|, or a millionth of the largest |expected|. */
export function nearly(actual: ArrayLike<number>, expected: ArrayLike<number>, name: string): void {
  assert.equal(actual.length, expected.length, name);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]!));
  for (let i = 0; i < expected.length; i++) {
    const bound = Math.max(1e-4 * Math.abs(expected[i]!), 1e-6 * largest);
    const error = Math.abs(actual[i]! - expected[i]!);
    assert.ok(error <= bound, `${name} at ${i}: expected ${expected[i]} ± ${bound}, got ${actual[i]}`);
  }
}

/** Numbers that float32 represents exactly, all different within a window, about half of them negative. */
export const values = (n: number, k = 1): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.fround(Math.sin(k * (i + 1) * 1.7) * 1.3 - 0.2));

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};
export const tensor = (data: Float64Array, shape: number[]): tf.Tensor => tf.tensor(Float32Array.from(data), shape);
export const read = (t: tf.Tensor): ArrayLike<number> => t.dataSync();
