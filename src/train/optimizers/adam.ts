import { power } from '../../core/portable-math.ts';
import { type Check, halfOpenUnitInterval, nonNegative, optional, positive } from '../../core/validate.ts';
import type { Address } from '../../wasm/kernels.ts';
import { defineOptimizer, type Optimizer } from './optimizer.ts';
import type { LearningRate } from './schedules.ts';

/** Options of `adam`. */
export interface AdamOptions {
  /** A number above 0 or a schedule. Default 0.001. */
  readonly learningRate?: LearningRate;
  /** Decay of the mean of gradients, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the mean of squares. Above 0. Default 1e-7. */
  readonly epsilon?: number;
}

/** Options of `adamw`. */
export interface AdamwOptions extends AdamOptions {
  /** Fraction of each weight, times the learning rate, that a step subtracts. At least 0. Default 0.004. */
  readonly weightDecay?: number;
}

/** `weightDecay` checks the option of that name; without it, there is no decay. */
function define(type: string, options: unknown, weightDecay?: Check<number>): Optimizer {
  const checks = {
    beta1: optional(halfOpenUnitInterval, 0.9),
    beta2: optional(halfOpenUnitInterval, 0.999),
    epsilon: optional(positive, 1e-7),
    ...(weightDecay && { weightDecay }),
  };
  return defineOptimizer({
    type,
    options,
    learningRate: 0.001,
    checks,
    slots: ['m', 'v'],
    update(k, { weights, gradients, slots, count, learningRate, step }, o) {
      const { beta1, beta2, epsilon, weightDecay = 0 } = o;
      const [m, v] = slots as readonly [Address, Address];
      const rate = (learningRate * Math.sqrt(1 - power(beta2, step))) / (1 - power(beta1, step));
      const keptWeights = 1 - learningRate * weightDecay;
      k.adam(weights, gradients, m, v, count, rate, 1 - beta1, 1 - beta2, epsilon, keptWeights);
    },
  });
}

/**
 * Adam (Kingma and Ba, 2014), as in Keras. In step t: m = beta1·m + (1 - beta1)·g, v = beta2·v + (1 - beta2)·g², and
 * w -= rate·√(1 - beta2ᵗ) / (1 - beta1ᵗ) · m / (√v + epsilon). Takes a learning rate or options. Errors: TypeError,
 * RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { adam, autoencoder, denseAutoencoder, fit } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 8 }), { seed: 1 });
 * const { loss } = await fit(model, x, { epochs: 10, optimizer: adam(0.01), deterministic: true });
 * console.log(loss[9]! < loss[0]! / 2);
 * // prints true
 * ```
 */
export function adam(options?: LearningRate | AdamOptions): Optimizer {
  return define('adam', options);
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2017): each step first sets w -= rate·weightDecay·w, for all trained
 * weights, then does that of `adam`. Takes a learning rate or options. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { adamw, autoencoder, denseAutoencoder, fit } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 8 }), { seed: 1 });
 * const optimizer = adamw({ learningRate: 0.01, weightDecay: 0.01 });
 * const { loss } = await fit(model, x, { epochs: 10, optimizer, deterministic: true });
 * console.log(loss[9]! < loss[0]! / 2);
 * // prints true
 * ```
 */
export function adamw(options?: LearningRate | AdamwOptions): Optimizer {
  return define('adamw', options, optional(nonNegative, 0.004));
}
