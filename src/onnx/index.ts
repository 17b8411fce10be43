export { type FromOnnxOptions, fromOnnx } from './read/from-onnx.ts';
export { type OnnxOptions, toOnnx } from './write/to-onnx.ts';
