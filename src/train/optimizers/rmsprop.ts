import { halfOpenUnitInterval, optional, positive } from '../../core/validate.ts';
import { defineOptimizer, type Optimizer } from './optimizer.ts';
import type { LearningRate } from './schedules.ts';

/** Options of `rmsprop`. */
export interface RmspropOptions {
  /** A number above 0 or a schedule. Default 0.001. */
  readonly learningRate?: LearningRate;
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.9. */
  readonly rho?: number;
  /** Added to the mean of squares, inside the root. Above 0. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * RMSprop (Hinton, Neural networks for machine learning, lecture 6e, 2012), as in Keras, without centring and momentum:
 * s = rho·s + (1 - rho)·g², w -= rate·g / √(s + epsilon). Takes a learning rate or options. Errors: TypeError, RangeError on
 * wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, fit, rmsprop } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 8 }), { seed: 1 });
 * const optimizer = rmsprop({ learningRate: 0.01, rho: 0.9 });
 * const { loss } = await fit(model, x, { epochs: 10, optimizer, deterministic: true });
 * console.log(loss[9]! < loss[0]! / 2);
 * // prints true
 * ```
 */
export function rmsprop(options?: LearningRate | RmspropOptions): Optimizer {
  const checks = { rho: optional(halfOpenUnitInterval, 0.9), epsilon: optional(positive, 1e-7) };
  return defineOptimizer({
    type: 'rmsprop',
    options,
    learningRate: 0.001,
    checks,
    slots: ['s'],
    update: (k, c, { rho, epsilon }) =>
      k.rmsprop(c.weights, c.gradients, c.slots[0]!, c.count, c.learningRate, rho, epsilon),
  });
}
