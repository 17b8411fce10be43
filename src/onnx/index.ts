export { fromOnnx } from './from.ts';
export { type OnnxOptions, toOnnx } from './to.ts';
