// Kernels for TensorFlow.js alone.

export { gemmInt32 } from './tfjs/gemm-int32';
export { maxPool3d, maxPool3dBackward } from './tfjs/max-pool3d';
export { segmentSum } from './tfjs/segment-sum';
export { broadcastRows } from './vector';
