// Layers of quantized models: 8-bit weights and activations, sums in 32-bit integers.

export { addressTable } from './conv/geometry';
export { depthwiseIntegers } from './integer/depthwise';
export { convolveIntegersNarrow } from './integer/narrow';
export { packWindows, padIntegers } from './integer/pack';
export { multiplyIntegers, multiplyRows } from './integer/product';
export { outputTable, toIntegers } from './integer/values';
