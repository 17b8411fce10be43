// Copies that need not be made: tfjs's own kernels of these copy every value, where its `reshape` shares them. No
// kernel of the backend changes a tensor that it was given, and `fusedAdam` changes only what nobody shares.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type KernelCall, refuseInput } from './kernel.ts';

function alias({ host, inputs }: KernelCall<'x'>): TensorInfo | Error {
  const { dataId, shape, dtype } = inputs.x;
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')
    return refuseInput('x', 'a tensor of numbers', dtype);
  host.backend.incRef(dataId);
  return { dataId, shape, dtype };
}

export const identity = /* @__PURE__ */ defineKernel<'x'>({ name: 'Identity', run: alias });

/** attrs: dtype. Of another type tfjs makes its copy. */
export const cast = /* @__PURE__ */ defineKernel<'x'>({
  name: 'Cast',
  run: (call) =>
    call.attrs.dtype === call.inputs.x.dtype
      ? alias(call)
      : refuseInput('dtype', `${call.inputs.x.dtype}, as it is`, call.attrs.dtype),
});
