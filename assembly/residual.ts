// Lossless coders of floats and of bytes, by mixing the predictions of contexts.

export { byteStateBytes, codeBytes, initByteCoder } from './residual/byte-coder';
export { codeResiduals } from './residual/float-coder';
export { quantizePrediction } from './residual/model-prediction';
export { initResidualCoder, residualStateBytes } from './residual/state';
