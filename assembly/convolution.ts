export { convolve, packTaps } from './conv/convolve';
export { depthwise } from './conv/depthwise';
export { convolveFew, packFew } from './conv/few';
export { addresses, pad, unpad } from './conv/geometry';
export { pool } from './pool';
export { resize } from './resize';
