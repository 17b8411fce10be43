/** Codes of the activations in the kernels. */
export const activationCodes = {
  linear: 0,
  relu: 1,
  leakyRelu: 2,
  elu: 3,
  selu: 4,
  sigmoid: 5,
  tanh: 6,
  softplus: 7,
  swish: 8,
  gelu: 9,
  softmax: 10,
} as const;

/**
 * The functions of the layer `activation` and of the option of that name: `linear` x; `relu` max(x, 0); `leakyRelu` slope 0.2 below zero; `elu` e^x - 1 below zero; `selu`
 * (Klambauer et al., 2017); `sigmoid`; `tanh`; `softplus` log(1 + e^x); `swish` x·sigmoid(x); `gelu`
 * x·Φ(x), the exact form; `softmax` over the last axis.
 */
export type Activation = keyof typeof activationCodes;

/** Whether the gradient needs the input of the activation. The other gradients need the output alone. */
export const needsInput = (activation?: Activation): boolean => activation === 'swish' || activation === 'gelu';
