// Lossless coders of floats and of bytes, by mixing the predictions of contexts.

export { codeBytes, initByteCoder } from './residual/bytes';
export { codeResiduals } from './residual/code';
export { quantizePrediction } from './residual/side';
export { initResidualCoder } from './residual/state';
