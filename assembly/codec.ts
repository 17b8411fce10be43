// Checksums, and latent codes to bytes and back.

export { crc32c } from './codec/crc';
export { dequantize, quantize } from './codec/quantize';
export { ransDecode, ransEncode } from './codec/rans';
