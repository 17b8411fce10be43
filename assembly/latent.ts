// Bottlenecks, normalization of data and the contractive penalty.

export { countNonZero, gemmSparse } from './active';
export {
  activityPenaltyBackward,
  addUniform,
  bernoulliKl,
  deadUnitsBackward,
  gaussianKl,
  loadFloat,
  nonZeroBackward,
  reparameterize,
  reparameterizeBackward,
  roundTo,
  storeFloat,
  threshold,
  topK,
} from './bottleneck';
export { activationSecondDerivative, multiply, squaredDistance } from './contraction';
export { standardize } from './normalize';
export { logisticMixtureBits } from './prior';
