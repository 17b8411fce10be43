export { activateBackward } from "./activation-backward";
export { gemmNT, gemmTN } from "./gemm/gemm";
export { lossGradient } from "./loss";
export { adam, momentum, rmsprop, sgd } from "./optimizer";
export { addNormal, dropout } from "./random";
export { clamp, clampBackward, columnSums, penaltyGradient, scale, sumOfSquares } from "./regularize";
