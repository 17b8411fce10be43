// Convolutions, pooling and resizing, forward.

export { convolve, packTaps } from './conv/convolve';
export { depthwise } from './conv/depthwise';
export { addressTable, pad, unpad } from './conv/geometry';
export { convolveNarrow, packNarrow } from './conv/narrow';
export { pool } from './pool';
export { resize } from './resize';
