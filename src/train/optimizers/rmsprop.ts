import { halfOpenUnitInterval, optional, positive } from '../../core/validate.ts';
import { defineOptimizer, type Optimizer } from './optimizer.ts';
import type { LearningRate } from './schedules.ts';

export interface RmspropOptions {
  /** Default 0.001. */
  readonly learningRate?: LearningRate;
  /** Share of the old mean of squares that stays, in [0, 1). Default 0.9. */
  readonly rho?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/** Divides by a running root mean square of the gradient (Hinton, 2012), as in Keras. Takes a learning rate or options. */
export function rmsprop(options?: LearningRate | RmspropOptions): Optimizer {
  const checks = { rho: optional(halfOpenUnitInterval, 0.9), epsilon: optional(positive, 1e-7) };
  return defineOptimizer('rmsprop', options, 0.001, checks, ['s'], (k, c, o) =>
    k.rmsprop(c.weights, c.gradients, c.slots[0]!, c.count, c.learningRate, o.rho, o.epsilon),
  );
}
