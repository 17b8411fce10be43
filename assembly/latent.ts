export { countActive, gemmActive } from "./active";
export {
  activityBackward, addUniform, adjust, bernoulliKl, gaussianKl, keepAbove, keepLargest, keptBackward,
  reparameterize, reparameterizeBackward, roundTo,
} from "./bottleneck";
