// Kernels that each model needs: dense layers, activations, normalization and losses, forward.

export { activate } from './activation';
export { gemm } from './gemm/gemm';
export { lossSum } from './loss';
export { affine, batchNormScaleShift, layerNormalize } from './normalize';
export { pixelsToFloats } from './pixels';
export { penalty } from './regularize';
export { randomWords, uniform } from './rng';
export { add, copy, copyColumns } from './vector';
