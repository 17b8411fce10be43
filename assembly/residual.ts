export { codeBytes, initByteCoder } from './residual/bytes';
export { codeResiduals } from './residual/code';
export { quantizePrediction } from './residual/side';
export { initResidualCoder } from './residual/state';
