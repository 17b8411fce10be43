export { countActive, gemmActive } from './active';
export {
  activityBackward,
  addUniform,
  adjust,
  bernoulliKl,
  gaussianKl,
  idleBackward,
  keepAbove,
  keepLargest,
  keptBackward,
  reparameterize,
  reparameterizeBackward,
  roundTo,
} from './bottleneck';
export { contract, curvature, multiply } from './contraction';
export { standardize } from './normalize';
export { rate } from './prior';
