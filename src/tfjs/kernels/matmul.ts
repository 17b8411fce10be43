// Matrix products, batch by batch. tfjs's own run at a tenth of the plain product's speed where a side is transposed.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { SCRATCH, withScratch } from '../host.ts';
import { activateInPlace, fusable, withBroadcastBias } from './fused.ts';
import { addresses, defineKernel, type KernelCall, notFloats, output, refuse, sizeOf } from './kernel.ts';

type Call = KernelCall<'a' | 'b' | 'bias'>;

/** Both sides transposed, where tfjs's fused kernel is wrong: A is turned round first, by tfjs's own kernel. */
function bothTransposed(call: Call, bias?: TensorInfo, activation?: string): TensorInfo | Error {
  const { a } = call.inputs;
  const { backend } = call.host;
  const perm = a.shape.map((_, i) => i);
  perm.push(...perm.splice(-2).reverse());
  const turn = call.tf.getKernel('Transpose', 'wasm')?.kernelFunc;
  if (!turn) return refuse('transposeB', 'one side transposed at most, as the kernel Transpose is missing', true);
  const turned = turn({ inputs: { x: a }, attrs: { perm }, backend }) as TensorInfo;
  try {
    const attrs = { ...call.attrs, transposeA: false };
    return product({ ...call, attrs, inputs: { ...call.inputs, a: turned } }, bias, activation);
  } finally {
    backend.disposeData(turned.dataId);
  }
}

function product(call: Call, bias?: TensorInfo, activation = 'linear'): TensorInfo | Error {
  const { host, inputs, attrs } = call;
  const { a, b } = inputs;
  const bad = notFloats(inputs, ['a', 'b']);
  if (bad) return bad;
  if (a.shape.length < 2 || b.shape.length < 2) return refuse('a', 'matrices', a.shape);
  const { transposeA, transposeB } = attrs;
  if (transposeA && transposeB) return bothTransposed(call, bias, activation);
  if (!fusable(activation)) return refuse('activation', 'one that is fused', activation);
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [k2, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  const [aOuter, bOuter] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [aBatch, bBatch] = [sizeOf(aOuter), sizeOf(bOuter)];
  if (k !== k2) return refuse('b', `${k} inner values`, k2);
  if (aOuter.join() !== bOuter.join() && aBatch !== 1 && bBatch !== 1) return refuse('b', `batches as of a`, bOuter);
  if (m * n * k * aBatch * bBatch === 0) return refuse('a', 'a matrix with values', a.shape);
  if (bias && (sizeOf(bias.shape) !== n || bias.shape.at(-1) !== n))
    return withBroadcastBias(call, bias, activation, () => product(call));
  const rank = Math.max(aOuter.length, bOuter.length);
  const side = (outer: readonly number[], i: number): number => outer[i - rank + outer.length] ?? 1;
  const batches = Array.from({ length: rank }, (_, i) => Math.max(side(aOuter, i), side(bOuter, i)));
  const c = output(call, [...batches, m, n]);
  withScratch(host, SCRATCH, (scratch) => {
    const { kernels } = host;
    const [to, left, right] = addresses(host, c, a, b) as [number, number, number];
    const biases = bias ? addresses(host, bias)[0]! : 0;
    const count = Math.max(aBatch, bBatch);
    for (let i = 0; i < count; i++) {
      const y = to + i * m * n * 4;
      const p = left + (aBatch === 1 ? 0 : i * m * k * 4);
      const q = right + (bBatch === 1 ? 0 : i * k * n * 4);
      if (!transposeA && !transposeB) {
        kernels.gemm(y, p, q, biases, m, n, k, 0, scratch);
        continue;
      }
      // The transposed forms begin from what is there.
      if (biases) kernels.copyColumns(y, n, 0, biases, 0, 0, n, m);
      if (transposeA) kernels.gemmTN(y, p, q, m, n, k, biases ? 1 : 0, scratch);
      else kernels.gemmNT(y, p, q, m, n, k, biases ? 1 : 0, scratch);
    }
    activateInPlace(host, to, count * m * n, activation);
  });
  return c;
}

/** attrs: transposeA, transposeB. */
export const batchMatMul = defineKernel<'a' | 'b' | 'bias'>({ name: 'BatchMatMul', run: (call) => product(call) });

/** attrs: transposeA, transposeB, activation, leakyreluAlpha. */
export const fusedMatMul = defineKernel<'a' | 'b' | 'bias'>({
  name: '_FusedMatMul',
  run: (call) => product(call, call.inputs.bias, call.attrs.activation),
});
