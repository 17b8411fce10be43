// Single kernels of the TensorFlow.js WASM backend, compared with those that installKernels puts in their place, on one
// thread. The two take turns. Each time is the shortest of all rounds, so that other processes count little.

import * as tf from '@tensorflow/tfjs-core';
import { installKernels } from 'isthmus/tfjs';
import { setBackend } from './competitors/tfjs.ts';
import { pixels } from './workloads.ts';

export interface KernelRow {
  readonly name: string;
  readonly of: string;
  /** Microseconds of a call. */
  readonly theirs: number;
  readonly ours: number;
}

interface Call {
  readonly name: string;
  readonly of: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly attrs: object;
}

const product = (m: number, n: number, k: number, transposeA = false, transposeB = false): Call => ({
  name: 'BatchMatMul',
  of: `${m}×${k}×${n}${transposeA ? ', Aᵀ' : ''}${transposeB ? ', Bᵀ' : ''}`,
  // The shapes that the operation passes to its kernel.
  inputs: { a: transposeA ? [1, k, m] : [1, m, k], b: transposeB ? [1, n, k] : [1, k, n] },
  attrs: { transposeA, transposeB },
});
const fused = (m: number, n: number, k: number, activation: string): Call => ({
  ...product(m, n, k),
  name: '_FusedMatMul',
  of: `${m}×${k}×${n}, ${activation}`,
  inputs: { a: [1, m, k], b: [1, k, n], bias: [n] },
  attrs: { transposeA: false, transposeB: false, activation },
});
const window = { pad: 'same', dataFormat: 'NHWC', dilations: 1 };
const convolution = (side: number, c: number, n: number, strides: number): Call[] => {
  const [x, filter, out] = [
    [32, side, side, c],
    [3, 3, c, n],
    [32, side / strides, side / strides, n],
  ];
  const of = `${side}×${side}×${c} to ${n}, stride ${strides}`;
  const attrs = { ...window, strides, inputShape: x };
  return [
    { name: 'Conv2D', of, inputs: { x, filter }, attrs },
    { name: 'FusedConv2D', of, inputs: { x, filter, bias: [n] }, attrs: { ...attrs, activation: 'relu' } },
    { name: 'Conv2DBackpropInput', of, inputs: { dy: out, filter }, attrs },
  ]; // biome-ignore format: a line each
};
const unary = (name: string, x: readonly number[]): Call => ({ name, of: x.join('×'), inputs: { x }, attrs: {} });

const calls: readonly Call[] = [
  ...[product(32, 64, 784), product(32, 784, 64), product(256, 256, 256), ...[1, 2, 3, 4, 8].map((m) => product(m, 64, 784)), product(4, 4, 4)],
  ...[1, 2, 3, 5, 7, 8].map((m) => product(m, 1024, 1024)),
  ...[product(784, 64, 32, true), product(32, 64, 784, false, true), product(256, 256, 256, true)],
  ...[fused(32, 64, 784, 'relu'), fused(32, 784, 64, 'sigmoid')],
  ...[convolution(28, 1, 16, 2), convolution(14, 16, 8, 2), convolution(14, 8, 16, 1), convolution(28, 16, 1, 1)].flat(),
  { name: 'Sum', of: '32×784 over rows', inputs: { x: [32, 784] }, attrs: { axis: 0 } },
  { name: 'MaxPoolGrad', of: '28×28×16 by 2', inputs: { dy: [32, 14, 14, 16], input: [32, 28, 28, 16], output: [32, 14, 14, 16] }, attrs: { filterSize: 2, strides: 2, pad: 'valid' } },
  ...['Identity', 'Tanh', 'Selu', 'Softplus'].map((name) => unary(name, [32, 784])),
  ...['Tanh', 'Selu', 'Softplus'].map((name) => unary(name, [32, 8])),
]; // biome-ignore format: a table

export async function kernelRows(rounds: number): Promise<KernelRow[]> {
  await setBackend('wasm');
  const rows: KernelRow[] = [];
  const once = ({ name, attrs }: Call, tensors: Record<string, tf.Tensor>): void =>
    tf
      .engine()
      .runKernel<tf.Tensor>(name, tensors, attrs as tf.NamedAttrMap)
      .dispose();
  const time = (call: Call, tensors: Record<string, tf.Tensor>, times: number): number => {
    const begin = performance.now();
    for (let i = 0; i < times; i++) once(call, tensors);
    return ((performance.now() - begin) * 1000) / times;
  };
  for (const call of calls) {
    const tensors = Object.fromEntries(
      Object.entries(call.inputs).map(([name, shape]) => {
        const values = pixels(Math.ceil(shape.reduce((a, b) => a * b) / 784)).map((v) => v - 0.5);
        return [
          name,
          tf.tensor(
            values.subarray(
              0,
              shape.reduce((a, b) => a * b),
            ),
            [...shape],
          ),
        ];
      }),
    );
    let [theirs, ours, times] = [Infinity, Infinity, 0];
    for (let round = 0; round <= rounds; round++) {
      (await installKernels(tf)).uninstall();
      // About two milliseconds a turn.
      times ||= Math.max(1, Math.min(2000, Math.ceil(2000 / (time(call, tensors, 5) || 1))));
      const before = time(call, tensors, times);
      await installKernels(tf);
      const after = time(call, tensors, times);
      // The first round warms up.
      if (round) [theirs, ours] = [Math.min(theirs, before), Math.min(ours, after)];
    }
    tf.dispose(tensors);
    rows.push({ name: call.name, of: call.of, theirs, ours });
  }
  return rows;
}
