import { oneOf, options, positive } from './check.ts';

/** Losses by name, with their codes in the kernels. */
export const losses = { meanSquaredError: 0, meanAbsoluteError: 1, huber: 2, binaryCrossentropy: 3 } as const;

/** Code of cross-entropy whose gradient is taken before a sigmoid, where it is y - t. */
export const crossentropyOfSigmoid = 4;

/**
 * Means over all values of a batch, as in Keras: `meanSquaredError`, `meanAbsoluteError`, `huber` (quadratic
 * up to 1), `binaryCrossentropy` (on probabilities, clipped to 1e-7 from 0 and 1).
 */
export type LossName = keyof typeof losses;

/** One loss, or several with their weights: `{ meanSquaredError: 1, meanAbsoluteError: 0.1 }`. */
export type Loss = LossName | { readonly [name in LossName]?: number };

export interface LossTerm {
  readonly name: LossName;
  readonly weight: number;
}

/** The terms of a loss. Errors: TypeError, RangeError for an unknown name or a weight that is not above 0. */
export function lossTerms(loss: Loss, name = 'loss'): LossTerm[] {
  if (typeof loss === 'string') return [{ name: oneOf(name, loss, losses), weight: 1 }];
  const terms = Object.entries(options<Record<string, number>>(name, loss, Object.keys(losses)));
  if (terms.length === 0) oneOf(name, undefined, losses);
  return terms.map(([key, weight]) => ({ name: key as LossName, weight: positive(`${name}.${key}`, weight) }));
}
