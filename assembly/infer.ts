export { activate } from './activation';
export { gemm } from './gemm/gemm';
export { copyColumns, sum } from './join';
export { lossSum } from './loss';
export { affine, fold, layerNormalize } from './normalize';
export { pixelsToFloats } from './pixels';
export { randomWords, uniform } from './random';
export { penalty } from './regularize';
