import { keyOf, plainObject, positive } from '../core/validate.ts';

/** Codes of the losses in the kernels. */
export const lossCodes = {
  meanSquaredError: 0,
  meanAbsoluteError: 1,
  huber: 2,
  binaryCrossentropy: 3,
  categoricalCrossentropy: 5,
} as const;

/** Code of binary cross-entropy with the gradient before the sigmoid: y - t. */
export const crossentropyOfSigmoid = 4;

/** Code of categorical cross-entropy with the gradient before the softmax: y - t, for targets with a sum of 1. */
export const crossentropyOfSoftmax = 6;

/** Code of the squared error with the gradient before the sigmoid: one pass over the output instead of two. */
export const squaredOfSigmoid = 7;

/** Codes of losses with the gradient before the last activation, by the names of the activation and of the loss. */
export const fusedLosses: Readonly<Record<string, number>> = {
  'sigmoid binaryCrossentropy': crossentropyOfSigmoid,
  'sigmoid meanSquaredError': squaredOfSigmoid,
  'softmax categoricalCrossentropy': crossentropyOfSoftmax,
};

/** The number that a loss is divided by: all values or, for categorical cross-entropy, samples. */
export const lossCount = (name: LossName, rows: number, size: number): number =>
  name === 'categoricalCrossentropy' ? rows : rows * size;

/**
 * Means over all values of a batch, as in Keras: `meanSquaredError`, `meanAbsoluteError`, `huber` (quadratic
 * up to 1), `binaryCrossentropy` (on probabilities, clipped to 1e-7 from 0 and 1). `categoricalCrossentropy`, of probabilities of
 * classes, is a sum over classes and a mean over samples.
 */
export type LossName = keyof typeof lossCodes;

/** One loss, or several with their weights: `{ meanSquaredError: 1, meanAbsoluteError: 0.1 }`. */
export type Loss = LossName | { readonly [name in LossName]?: number };

export interface LossTerm {
  readonly name: LossName;
  readonly weight: number;
}

/** The terms of a loss. Errors: TypeError, RangeError for an unknown name or a weight that is not above 0. */
export function lossTerms(loss: Loss, name = 'loss'): LossTerm[] {
  if (typeof loss === 'string') return [{ name: keyOf(lossCodes)(name, loss), weight: 1 }];
  const terms = Object.entries(plainObject<Record<string, number>>(name, loss, Object.keys(lossCodes)));
  if (terms.length === 0) keyOf(lossCodes)(name, undefined);
  return terms.map(([key, weight]) => ({ name: key as LossName, weight: positive(`${name}.${key}`, weight) }));
}
