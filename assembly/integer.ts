// Layers of quantized models: 8-bit weights and activations, sums in 32-bit integers.

export { addressTable } from './conv/geometry';
export { denseIntegers } from './integer/dense';
export { depthwiseIntegers } from './integer/depthwise';
export { convolveIntegersNarrow } from './integer/narrow';
export { packWindows, padIntegers } from './integer/pack';
export { multiplyIntegers } from './integer/product';
export { approximateSigmoid } from './integer/sigmoid';
export { outputTable, toIntegers } from './integer/values';
