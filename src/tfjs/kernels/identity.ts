// `Identity` and `Cast` to the same type. The kernels of tfjs copy all values; these share them, as `reshape` of tfjs does. That is
// safe: no kernel of the backend changes its inputs, and `fusedAdam` changes only values that no other tensor shares.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type KernelCall, refuseInput } from './kernel.ts';

function shareValues({ host, inputs }: KernelCall<'x'>): TensorInfo {
  const { dataId, shape, dtype } = inputs.x;
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') refuseInput('x', 'a tensor of numbers', dtype);
  host.backend.incRef(dataId);
  return { dataId, shape, dtype };
}

export const identity = /* @__PURE__ */ defineKernel<'x'>({ name: 'Identity', run: shareValues });

/** attrs: dtype. Casts to another type are refused: they need a copy. */
export const cast = /* @__PURE__ */ defineKernel<'x'>({
  name: 'Cast',
  run(call) {
    const { dtype } = call.inputs.x;
    if (call.attrs.dtype !== dtype) refuseInput('dtype', `${dtype}, as it is`, call.attrs.dtype);
    return shareValues(call);
  },
});
