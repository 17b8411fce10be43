// Kernels that each model needs: dense layers, activations, normalization and losses, forward.

export { activate } from './activation';
export { gemm } from './gemm/gemm';
export { add, copy, copyColumns } from './join';
export { lossSum } from './loss';
export { affine, batchNormScaleShift, layerNormalize } from './normalize';
export { pixelsToFloats } from './pixels';
export { randomWords, uniform } from './random';
export { penalty } from './regularize';
