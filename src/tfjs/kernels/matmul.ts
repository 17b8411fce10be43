// Matrix products, batch by batch. tfjs's own run at a tenth of the plain product's speed where a side is transposed.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { SCRATCH, withScratch } from '../host.ts';
import { applyActivation, biasOf, notFusable, withBroadcastBias } from './fused.ts';
import {
  addresses,
  defineKernel,
  type KernelCall,
  makeOutput,
  notFloats,
  refuseInput,
  runOriginal,
  sizeOf,
} from './kernel.ts';

type Call = KernelCall<'a' | 'b' | 'bias'>;

/** Both sides transposed, where tfjs's fused kernel is wrong: A is turned round first, by tfjs's own kernel. */
function bothTransposed(call: Call, bias?: TensorInfo, activation?: string): TensorInfo | Error {
  const { a } = call.inputs;
  const perm = a.shape.map((_, i) => i);
  perm.push(...perm.splice(-2).reverse());
  const turned = runOriginal(call, 'Transpose', { x: a }, { perm });
  const attrs = { ...call.attrs, transposeA: false };
  const c = product({ ...call, attrs, inputs: { ...call.inputs, a: turned } }, bias, activation);
  call.host.backend.disposeData(turned.dataId);
  return c;
}

/** Sizes of a product: m×k by k×n, and how many of them; `shape` is that of the result. */
interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly aBatch: number;
  readonly bBatch: number;
  readonly shape: readonly number[];
}

function sizesOf({ inputs: { a, b }, attrs: { transposeA, transposeB } }: Call): Sizes | Error {
  if (a.shape.length < 2 || b.shape.length < 2) return refuseInput('a', 'matrices', a.shape);
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [k2, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  const [aOuter, bOuter] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [aBatch, bBatch] = [sizeOf(aOuter), sizeOf(bOuter)];
  if (k !== k2) return refuseInput('b', `${k} inner values`, k2);
  if (aOuter.join() !== bOuter.join() && aBatch !== 1 && bBatch !== 1)
    return refuseInput('b', `batches as of a`, bOuter);
  if (m * n * k * aBatch * bBatch === 0) return refuseInput('a', 'a matrix with values', a.shape);
  const rank = Math.max(aOuter.length, bOuter.length);
  const side = (outer: readonly number[], i: number): number => outer[i - rank + outer.length] ?? 1;
  const batches = Array.from({ length: rank }, (_, i) => Math.max(side(aOuter, i), side(bOuter, i)));
  return { m, n, k, aBatch, bBatch, shape: [...batches, m, n] };
}

/** Calls `each` with the addresses of each product's result and sides. */
function eachProduct(
  { host, inputs: { a, b } }: Call,
  { m, n, k, aBatch, bBatch }: Sizes,
  c: TensorInfo,
  each: (y: number, p: number, q: number) => void,
): void {
  const [to, left, right] = addresses(host, c, a, b) as [number, number, number];
  for (let i = 0; i < Math.max(aBatch, bBatch); i++) {
    const p = left + (aBatch === 1 ? 0 : i * m * k * 4);
    const q = right + (bBatch === 1 ? 0 : i * k * n * 4);
    each(to + i * m * n * 4, p, q);
  }
}

/** The product of integers, which the backend lacks. */
function integers(call: Call): TensorInfo | Error {
  const { host, attrs } = call;
  const sizes = sizesOf(call);
  if (sizes instanceof Error) return sizes;
  const { m, n, k, shape } = sizes;
  const c = makeOutput(call, shape, 'int32');
  const [aRow, aColumn] = attrs.transposeA ? [1, m] : [k, 1];
  const [bRow, bColumn] = attrs.transposeB ? [1, k] : [n, 1];
  eachProduct(call, sizes, c, (y, p, q) => host.kernels.gemmInt32(y, p, q, m, n, k, aRow, aColumn, bRow, bColumn));
  return c;
}

function product(call: Call, bias?: TensorInfo, activation = 'linear'): TensorInfo | Error {
  const { host, inputs, attrs } = call;
  const bad = notFloats(inputs, ['a', 'b']);
  if (bad) return bad;
  const { transposeA, transposeB } = attrs;
  const sizes = sizesOf(call);
  if (sizes instanceof Error) return sizes;
  if (transposeA && transposeB) return bothTransposed(call, bias, activation);
  const unknown = notFusable(activation);
  if (unknown) return unknown;
  const { m, n, k, shape } = sizes;
  if (bias && (sizeOf(bias.shape) !== n || bias.shape.at(-1) !== n))
    return withBroadcastBias(call, bias, activation, product(call));
  const c = makeOutput(call, shape);
  withScratch(host, SCRATCH, (scratch) => {
    const { kernels } = host;
    const biases = bias ? addresses(host, bias)[0]! : 0;
    eachProduct(call, sizes, c, (y, p, q) => {
      if (!transposeA && !transposeB) {
        kernels.gemm(y, p, q, biases, m, n, k, 0, scratch);
        return;
      }
      // The transposed forms begin from what is there.
      if (biases) kernels.broadcastRows(y, biases, m, n);
      if (transposeA) kernels.gemmTN(y, p, q, m, n, k, biases ? 1 : 0, scratch);
      else kernels.gemmNT(y, p, q, m, n, k, biases ? 1 : 0, scratch);
    });
  });
  return applyActivation(call, c, activation);
}

/** attrs: transposeA, transposeB. */
export const batchMatMul = /* @__PURE__ */ defineKernel<'a' | 'b' | 'bias'>({
  name: 'BatchMatMul',
  run: (call) => (call.inputs.a.dtype === 'int32' && call.inputs.b.dtype === 'int32' ? integers(call) : product(call)),
});

/** attrs: transposeA, transposeB, activation, leakyreluAlpha. */
export const fusedMatMul = /* @__PURE__ */ defineKernel<'a' | 'b' | 'bias'>({
  name: '_FusedMatMul',
  run: (call) => product(call, biasOf(call), call.attrs.activation),
});
