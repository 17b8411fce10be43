import { power } from '../../core/portable-math.ts';
import { type Check, halfOpenUnitInterval, nonNegative, optional, positive } from '../../core/validate.ts';
import { defineOptimizer, type Optimizer } from './optimizer.ts';
import type { LearningRate } from './schedules.ts';

export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: LearningRate;
  /** Share of the old mean of gradients that stays, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Share of the old mean of squares that stays, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

export interface AdamwOptions extends AdamOptions {
  /** Share of each weight, times the learning rate, that a step takes away. Default 0.004. */
  readonly weightDecay?: number;
}

/** `decay` checks the option of that name; without it there is none. */
function build(type: string, options: unknown, decay?: Check<number>): Optimizer {
  const checks = {
    beta1: optional(halfOpenUnitInterval, 0.9),
    beta2: optional(halfOpenUnitInterval, 0.999),
    epsilon: optional(positive, 1e-7),
    ...(decay && { weightDecay: decay }),
  };
  return defineOptimizer(
    type,
    options,
    0.001,
    checks,
    ['m', 'v'],
    (k, c, { beta1, beta2, epsilon, weightDecay = 0 }) => {
      const rate = (c.learningRate * Math.sqrt(1 - power(beta2, c.step))) / (1 - power(beta1, c.step));
      const [m, v] = c.slots as [number, number];
      k.adam(
        c.weights,
        c.gradients,
        m,
        v,
        c.count,
        rate,
        1 - beta1,
        1 - beta2,
        epsilon,
        1 - c.learningRate * weightDecay,
      );
    },
  );
}

/** Adam (Kingma and Ba, 2014) with the defaults of Keras. Takes a learning rate or options. */
export function adam(options?: LearningRate | AdamOptions): Optimizer {
  return { ...build('adam', options), weightDecay: 0 } as Optimizer;
}

/** Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2017). Takes a learning rate or options. */
export function adamw(options?: LearningRate | AdamwOptions): Optimizer {
  return build('adamw', options, optional(nonNegative, 0.004));
}
