// Kernels for TensorFlow.js alone.

export { gemmInt32 } from './integers';
export { maxPool3d, maxPool3dBackward } from './pool3d';
export { broadcastRows, segmentSum } from './segment';
