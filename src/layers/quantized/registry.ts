// The list of quantized layers, which `quantize` makes. The build adds them to the layers that `loadModel` knows. They have no
// row in test/reference/layer-table.ts, because they cannot be trained: test/engine/quantized.test.ts tests them.

export {
  quantizedConv1d,
  quantizedConv2d,
  quantizedConv2dTranspose,
  quantizedDepthwiseConv2d,
} from './quantized-conv.ts';
export { type QuantizedDenseOptions, quantizedDense } from './quantized-dense.ts';
export type { QuantizedLayerOptions } from './quantized-layer.ts';
export type { QuantizedConvOptions, QuantizedDepthwiseOptions } from './window-layer.ts';
