export { fromOnnx } from './from.ts';
export { type OnnxOptions, toOnnx } from './write/to-onnx.ts';
