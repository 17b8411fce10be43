// Kernels of training: gradients and optimizers.

export { activateBackward } from './activation-backward';
export { depthwiseInput, depthwiseWeights } from './conv/depthwise';
export { convolveWeights } from './conv/weights';
export { dropout } from './dropout';
export { gemmNT, gemmTN } from './gemm/gemm';
export { lossGradient } from './loss';
export { batchMoments, batchNormalizeBackward, layerNormalizeBackward } from './normalize';
export { adam, momentum, rmsprop, sgd } from './optimizer';
export { poolBackward } from './pool';
export { allFinite, columnSums, sumOfSquares } from './reduce';
export { penaltyGradient } from './regularize';
export { clamp, clampBackward, clear, scale } from './vector';
