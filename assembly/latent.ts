// Bottlenecks, normalization of data and the contractive penalty.

export { gemmSparse } from './gemm/sparse';
export { activationSecondDerivative, squaredDistance } from './latent/contractive';
export { joinPanels, scaleJacobian, scaleJacobianBackward } from './latent/jacobian';
export { logisticMixtureBits } from './latent/logistic-mixture';
export { addUniform, roundTo } from './latent/quantized';
export { activityPenaltyBackward, bernoulliKl, nonZeroBackward, threshold } from './latent/sparse';
export { deadUnitsBackward, topK } from './latent/top-k';
export { gaussianKl, reparameterize, reparameterizeBackward } from './latent/variational';
export { standardize } from './normalize';
export { countNonZero } from './reduce';
export { loadFloat, multiply, storeFloat } from './vector';
