export { countActive, gemmActive } from "./active";
export { contract, curvature, multiply } from "./contraction";
export {
  activityBackward, addUniform, adjust, bernoulliKl, gaussianKl, idleBackward, keepAbove, keepLargest, keptBackward,
  reparameterize, reparameterizeBackward, roundTo,
} from "./bottleneck";
export { rate } from "./prior";
export { standardize } from "./normalize";
