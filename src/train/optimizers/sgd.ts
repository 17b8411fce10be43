import { boolean, halfOpenUnitInterval, optional } from '../../core/validate.ts';
import { defineOptimizer, type Optimizer } from './optimizer.ts';
import type { LearningRate } from './schedules.ts';

/** Options of `sgd`. */
export interface SgdOptions {
  /** A number above 0 or a schedule. Default 0.01. */
  readonly learningRate?: LearningRate;
}

/**
 * Stochastic gradient descent: w -= rate·g. Takes a learning rate or options. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, fit, sgd } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 8 }), { seed: 1 });
 * const { loss } = await fit(model, x, { epochs: 20, optimizer: sgd(0.5), deterministic: true });
 * console.log(loss[19]! < loss[0]! / 2);
 * // prints true
 * ```
 */
export function sgd(options?: LearningRate | SgdOptions): Optimizer {
  return defineOptimizer({
    type: 'sgd',
    options,
    learningRate: 0.01,
    checks: {},
    slots: [],
    update: (k, c) => k.sgd(c.weights, c.gradients, c.count, c.learningRate),
  });
}

/** Options of `momentum`. */
export interface MomentumOptions extends SgdOptions {
  /** Fraction of the last step that is added to this one, in [0, 1). Default 0.9. */
  readonly momentum?: number;
  /** Nesterov's look ahead (1983). Default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent with momentum (Polyak, 1964), as `SGD` in Keras: v = momentum·v - rate·g, w += v; with `nesterov`
 * w += momentum·v - rate·g. Takes a learning rate or options. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, fit, momentum } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 8 }), { seed: 1 });
 * const optimizer = momentum({ learningRate: 0.1, momentum: 0.9, nesterov: true });
 * const { loss } = await fit(model, x, { epochs: 10, optimizer, deterministic: true });
 * console.log(loss[9]! < loss[0]! / 2);
 * // prints true
 * ```
 */
export function momentum(options?: LearningRate | MomentumOptions): Optimizer {
  const checks = { momentum: optional(halfOpenUnitInterval, 0.9), nesterov: optional(boolean, false) };
  return defineOptimizer({
    type: 'momentum',
    options,
    learningRate: 0.01,
    checks,
    slots: ['v'],
    update: (k, c, o) =>
      k.momentum(c.weights, c.gradients, c.slots[0]!, c.count, c.learningRate, o.momentum, Number(o.nesterov)),
  });
}
