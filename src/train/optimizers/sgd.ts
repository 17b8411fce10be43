import { boolean, halfOpenUnitInterval, optional } from '../../core/validate.ts';
import { defineOptimizer, type Optimizer } from './optimizer.ts';
import type { LearningRate } from './schedules.ts';

export interface SgdOptions {
  /** Default 0.01. */
  readonly learningRate?: LearningRate;
}

/** Stochastic gradient descent: w -= rate·g. Takes a learning rate or options. */
export function sgd(options?: LearningRate | SgdOptions): Optimizer {
  return defineOptimizer('sgd', options, 0.01, {}, [], (k, c) =>
    k.sgd(c.weights, c.gradients, c.count, c.learningRate),
  );
}

export interface MomentumOptions extends SgdOptions {
  /** Share of the last step that goes on, in [0, 1). Default 0.9. */
  readonly momentum?: number;
  /** Look ahead (Nesterov, 1983). Default false. */
  readonly nesterov?: boolean;
}

/** Gradient descent with momentum (Polyak, 1964), as SGD in Keras. Takes a learning rate or options. */
export function momentum(options?: LearningRate | MomentumOptions): Optimizer {
  const checks = { momentum: optional(halfOpenUnitInterval, 0.9), nesterov: optional(boolean, false) };
  return defineOptimizer('momentum', options, 0.01, checks, ['v'], (k, c, o) =>
    k.momentum(c.weights, c.gradients, c.slots[0]!, c.count, c.learningRate, o.momentum, Number(o.nesterov)),
  );
}
