import { selu, softplus, tanh } from './activation.ts';
import { anyDataFormat } from './channels.ts';
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D } from './conv.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise.ts';
import { cast, identity } from './identity.ts';
import type { TfjsKernel } from './kernel.ts';
import { batchMatMul, fusedMatMul } from './matmul.ts';
import { maxPool3D, maxPool3DGrad, maxPoolGrad } from './pool.ts';
import { unsortedSegmentSum } from './segment.ts';
import { sum } from './sum.ts';

/** All kernels that `installKernels` registers. */
export const tfjsKernels = (): TfjsKernel[] => [
  anyDataFormat(conv2D),
  anyDataFormat(fusedConv2D),
  anyDataFormat(conv2DBackpropInput),
  anyDataFormat(conv2DBackpropFilter, false),
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  maxPoolGrad,
  maxPool3D,
  maxPool3DGrad,
  unsortedSegmentSum,
  batchMatMul,
  fusedMatMul,
  sum,
  identity,
  cast,
  tanh,
  selu,
  softplus,
];
