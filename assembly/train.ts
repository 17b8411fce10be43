// Kernels of training: gradients and optimizers.

export { activateBackward } from './activation-backward';
export { depthwiseInput, depthwiseWeights } from './conv/depthwise';
export { convolveWeights } from './conv/weights';
export { gemmNT, gemmTN } from './gemm/gemm';
export { lossGradient } from './loss';
export { batchMoments, batchNormalizeBackward, layerNormalizeBackward } from './normalize';
export { adam, momentum, rmsprop, sgd } from './optimizer';
export { clear, poolBackward } from './pool';
export { dropout } from './random';
export { clamp, clampBackward, columnSums, penaltyGradient, scale, sumOfSquares } from './regularize';
