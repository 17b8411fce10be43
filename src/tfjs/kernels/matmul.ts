// Matrix products of batches. The kernels of tfjs run at a tenth of the speed of a plain product where a matrix is transposed.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Address } from '../../wasm/kernels.ts';
import { SCRATCH, withScratch } from '../host.ts';
import { addBroadcastBias, applyActivation, biasOf, checkActivation } from './fused.ts';
import {
  addresses,
  defineKernel,
  type KernelCall,
  makeOutput,
  refuse,
  refuseInput,
  runOtherKernel,
  sizeOf,
  typeError,
} from './kernel.ts';

type Call = KernelCall<'a' | 'b' | 'bias'>;

/** Both matrices transposed. The fused kernel of tfjs is wrong there. A is transposed first, by the kernel of tfjs. */
function bothTransposed(call: Call, bias?: TensorInfo, activation?: string): TensorInfo {
  const { a } = call.inputs;
  const perm = a.shape.map((_, i) => i);
  perm.push(...perm.splice(-2).reverse());
  const transposed = runOtherKernel(call, 'Transpose', { x: a }, { perm });
  const attrs = { ...call.attrs, transposeA: false };
  const c = floatProduct({ ...call, attrs, inputs: { ...call.inputs, a: transposed } }, bias, activation);
  call.host.backend.disposeData(transposed.dataId);
  return c;
}

/** The sizes of products [m, k] · [k, n]. A batch of 1 is used for all products. `shape` is the shape of the result. */
interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly aBatch: number;
  readonly bBatch: number;
  readonly shape: readonly number[];
}

function sizesOf({ inputs: { a, b }, attrs: { transposeA, transposeB } }: Call): Sizes {
  if (a.shape.length < 2 || b.shape.length < 2) refuseInput('a', 'matrices', a.shape);
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [bK, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  const aOuter = a.shape.slice(0, -2);
  const bOuter = b.shape.slice(0, -2);
  const aBatch = sizeOf(aOuter);
  const bBatch = sizeOf(bOuter);
  if (k !== bK) refuseInput('b', `${k} inner values`, bK);
  if (aOuter.join() !== bOuter.join() && aBatch !== 1 && bBatch !== 1) refuseInput('b', `batches as of a`, bOuter);
  if (m * n * k * aBatch * bBatch === 0) refuseInput('a', 'a matrix with values', a.shape);
  const rank = Math.max(aOuter.length, bOuter.length);
  const lengthAt = (outer: readonly number[], i: number): number => outer[i - rank + outer.length] ?? 1;
  const batches = Array.from({ length: rank }, (_, i) => Math.max(lengthAt(aOuter, i), lengthAt(bOuter, i)));
  return { m, n, k, aBatch, bBatch, shape: [...batches, m, n] };
}

/** Calls `multiply` for each product with the addresses of its result `c` and of its matrices `a` and `b`. */
function forEachProduct(
  { host, inputs }: Call,
  { m, n, k, aBatch, bBatch }: Sizes,
  result: TensorInfo,
  multiply: (c: Address, a: Address, b: Address) => void,
): void {
  const [c, a, b] = addresses(host, result, inputs.a, inputs.b) as [number, number, number];
  for (let i = 0; i < Math.max(aBatch, bBatch); i++)
    multiply(c + 4 * i * m * n, aBatch === 1 ? a : a + 4 * i * m * k, bBatch === 1 ? b : b + 4 * i * k * n);
}

/** The product of integers, for which the backend has no kernel. */
function integerProduct(call: Call): TensorInfo {
  const { host, attrs } = call;
  const sizes = sizesOf(call);
  const { m, n, k, shape } = sizes;
  const result = makeOutput(call, shape, 'int32');
  const [aRow, aColumn] = attrs.transposeA ? [1, m] : [k, 1];
  const [bRow, bColumn] = attrs.transposeB ? [1, k] : [n, 1];
  forEachProduct(call, sizes, result, (c, a, b) =>
    host.kernels.gemmInt32(c, a, b, m, n, k, aRow, aColumn, bRow, bColumn),
  );
  return result;
}

function floatProduct(call: Call, bias?: TensorInfo, activation = 'linear'): TensorInfo {
  const { host, inputs, attrs } = call;
  for (const name of ['a', 'b'] as const)
    if (inputs[name].dtype !== 'float32') refuse(typeError(name, 'a float32', inputs[name]));
  const { transposeA, transposeB } = attrs;
  const sizes = sizesOf(call);
  if (transposeA && transposeB) return bothTransposed(call, bias, activation);
  checkActivation(activation);
  const { m, n, k, shape } = sizes;
  if (bias && (sizeOf(bias.shape) !== n || bias.shape.at(-1) !== n))
    return addBroadcastBias(call, floatProduct(call), bias, activation);
  const result = makeOutput(call, shape);
  withScratch(host, SCRATCH, (scratch) => {
    const { kernels } = host;
    const biases = bias ? addresses(host, bias)[0]! : 0;
    forEachProduct(call, sizes, result, (c, a, b) => {
      if (!transposeA && !transposeB) {
        kernels.gemm(c, a, b, biases, m, n, k, 0, scratch);
        return;
      }
      // The transposed products take no bias, but can add to their output.
      if (biases) kernels.broadcastRows(c, biases, m, n);
      const add = biases ? 1 : 0;
      if (transposeA) kernels.gemmTN(c, a, b, m, n, k, add, scratch, m);
      else kernels.gemmNT(c, a, b, m, n, k, add, scratch);
    });
  });
  return applyActivation(call, result, activation);
}

/** attrs: transposeA, transposeB. */
export const batchMatMul = /* @__PURE__ */ defineKernel<'a' | 'b' | 'bias'>({
  name: 'BatchMatMul',
  run(call) {
    const { a, b } = call.inputs;
    return a.dtype === 'int32' && b.dtype === 'int32' ? integerProduct(call) : floatProduct(call);
  },
});

/** attrs: transposeA, transposeB, activation, leakyreluAlpha. */
export const fusedMatMul = /* @__PURE__ */ defineKernel<'a' | 'b' | 'bias'>({
  name: '_FusedMatMul',
  run: (call) => floatProduct(call, biasOf(call), call.attrs.activation),
});
