// Bottlenecks, normalization of data and the contractive penalty.

export { countNonZero, gemmSparse } from './active';
export {
  activityPenaltyBackward,
  addClamped,
  addUniform,
  bernoulliKl,
  deadUnitsBackward,
  gaussianKl,
  nonZeroBackward,
  reparameterize,
  reparameterizeBackward,
  roundTo,
  threshold,
  topK,
} from './bottleneck';
export { activationSecondDerivative, multiply, squaredDistance } from './contraction';
export { standardize } from './normalize';
export { logisticMixtureBits } from './prior';
