// Convolutions, pooling and resizing, forward.

export { convolve, packTaps } from './conv/convolve';
export { depthwise } from './conv/depthwise';
export { convolveNarrow, packNarrow } from './conv/few';
export { addressTable, pad, unpad } from './conv/geometry';
export { pool } from './pool';
export { resize } from './resize';
