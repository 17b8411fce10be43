export {
  activityBackward, addUniform, adjust, bernoulliKl, gaussianKl, keepAbove, keepLargest, keptBackward, meanSize,
  reparameterize, reparameterizeBackward, roundTo,
} from "./bottleneck";
