import { wrongType } from '../../core/errors.ts';
import { cosPi, power, realPower } from '../../core/portable-math.ts';
import {
  boolean,
  type Check,
  integer,
  number,
  openUnitInterval,
  optional,
  positive,
  validate,
} from '../../core/validate.ts';

/** A learning rate as a function of the step: plain data, made by a factory such as `cosine`. */
export interface Schedule {
  /** Name of its factory. */
  readonly type: string;
  /** @internal */
  readonly [rateSymbol]: (step: number) => number;
}

const rateSymbol: unique symbol = /* @__PURE__ */ Symbol.for('isthmus.schedule');

/** A fixed rate, or a schedule. */
export type LearningRate = number | Schedule;

/** Whether the argument of an optimizer is a learning rate and not an object of options: only a schedule has a `type`. */
export const isLearningRate = (value: unknown): value is LearningRate =>
  typeof value === 'number' || (typeof value === 'object' && value !== null && 'type' in value);

/** Errors: TypeError for what is neither a number nor a schedule; RangeError for a number that is not above 0. */
export function checkRate(name: string, rate: unknown): LearningRate {
  if (typeof rate === 'number') return positive(name, rate);
  if (typeof rate === 'object' && rate !== null && rateSymbol in rate) return rate as Schedule;
  throw wrongType(name, 'a number or a schedule', rate);
}

/** The learning rate of a step, counted from 0. */
export const rateAt = (rate: LearningRate, step: number): number =>
  typeof rate === 'number' ? rate : rate[rateSymbol](step);

const positiveInteger: Check<number> = (name, value) => integer(name, value, 1, Number.MAX_SAFE_INTEGER);

/** `rate` gives the learning rate of a step from the checked options. */
function schedule<C extends Record<string, Check>>(
  type: string,
  given: unknown,
  checks: C,
  rate: (step: number, o: { [Key in keyof C]: ReturnType<C[Key]> }) => number,
): Schedule {
  const o = validate(type, given, checks, `${type}.`);
  return { type, ...o, [rateSymbol]: (step: number) => rate(step, o) } as Schedule;
}

/** Options of `cosine`. */
export interface CosineOptions {
  /** Rate of the first step, above 0. Default 0.001. */
  readonly learningRate?: number;
  /** Steps (batches) until the rate has reached its end, at least 1. */
  readonly decaySteps: number;
  /** Rate at the end divided by the rate at the start, in [0, 1]. Default 0. */
  readonly alpha?: number;
}

/**
 * learningRate · (alpha + (1 - alpha) · (1 + cos(π·t)) / 2) with t = min(step / decaySteps, 1), as Keras' CosineDecay
 * (Loshchilov and Hutter, SGDR, 2016). Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { adam, autoencoder, cosine, denseAutoencoder, fit } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 64 * 8 }, (_, i) => Math.sin((i >> 3) + (i % 8)));
 * const model = await autoencoder(denseAutoencoder({ input: [8], latent: 4 }), { seed: 1 });
 * const optimizer = adam({ learningRate: cosine({ learningRate: 0.01, decaySteps: 8 }) });
 * const { learningRate } = await fit(model, x, { epochs: 4, batchSize: 32, optimizer }); // two steps an epoch
 * console.log(learningRate.map((rate) => rate.toFixed(4)));
 * // prints [ '0.0096', '0.0069', '0.0031', '0.0004' ]
 * ```
 */
export function cosine(o: CosineOptions): Schedule {
  const checks = {
    learningRate: optional(positive, 0.001),
    decaySteps: positiveInteger,
    alpha: optional((name, value) => number(name, value, 'a number in [0, 1]', (v) => v >= 0 && v <= 1), 0),
  };
  return schedule(
    'cosine',
    o,
    checks,
    (step, { learningRate, decaySteps, alpha }) =>
      learningRate * (alpha + ((1 - alpha) * (1 + cosPi(Math.min(step / decaySteps, 1)))) / 2),
  );
}

/** Options of `exponentialDecay`. */
export interface ExponentialDecayOptions {
  /** Rate of the first step, above 0. Default 0.001. */
  readonly learningRate?: number;
  /** Steps (batches) in which the rate is multiplied by `decayRate` once, at least 1. */
  readonly decaySteps: number;
  /** Factor, in (0, 1). */
  readonly decayRate: number;
  /** Rounds step / decaySteps down, so that the rate changes in steps. Default false. */
  readonly staircase?: boolean;
}

/**
 * learningRate · decayRate^(step / decaySteps), as Keras' ExponentialDecay. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { adam, autoencoder, denseAutoencoder, exponentialDecay, fit } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 64 * 8 }, (_, i) => Math.sin((i >> 3) + (i % 8)));
 * const model = await autoencoder(denseAutoencoder({ input: [8], latent: 4 }), { seed: 1 });
 * const optimizer = adam({ learningRate: exponentialDecay({ learningRate: 0.01, decaySteps: 2, decayRate: 0.5 }) });
 * const { learningRate } = await fit(model, x, { epochs: 4, batchSize: 32, optimizer }); // two steps an epoch
 * console.log(learningRate.map((rate) => rate.toFixed(4)));
 * // prints [ '0.0071', '0.0035', '0.0018', '0.0009' ]
 * ```
 */
export function exponentialDecay(o: ExponentialDecayOptions): Schedule {
  const checks = {
    learningRate: optional(positive, 0.001),
    decaySteps: positiveInteger,
    decayRate: openUnitInterval,
    staircase: optional(boolean, false),
  };
  return schedule('exponentialDecay', o, checks, (step, { learningRate, decaySteps, decayRate, staircase }) => {
    const times = step / decaySteps;
    return learningRate * (staircase ? power(decayRate, Math.floor(times)) : realPower(decayRate, times));
  });
}

/** Options of `warmup`. */
export interface WarmupOptions {
  /** Steps (batches) until the full rate, at least 1. */
  readonly steps: number;
  /** The full rate, or the schedule that begins after the warm-up. Default 0.001. */
  readonly learningRate?: LearningRate;
}

/**
 * rate · (step + 1) / steps in the first `steps` steps, then the rate, or the schedule from its first step on (Goyal et al.,
 * Accurate, large minibatch SGD, 2017). Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { adam, autoencoder, denseAutoencoder, fit, warmup } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 64 * 8 }, (_, i) => Math.sin((i >> 3) + (i % 8)));
 * const model = await autoencoder(denseAutoencoder({ input: [8], latent: 4 }), { seed: 1 });
 * const optimizer = adam({ learningRate: warmup({ learningRate: 0.01, steps: 6 }) });
 * const { learningRate } = await fit(model, x, { epochs: 4, batchSize: 32, optimizer }); // two steps an epoch
 * console.log(learningRate.map((rate) => rate.toFixed(4)));
 * // prints [ '0.0033', '0.0067', '0.0100', '0.0100' ]
 * ```
 */
export function warmup(o: WarmupOptions): Schedule {
  const checks = { steps: positiveInteger, learningRate: optional(checkRate, 0.001) };
  return schedule('warmup', o, checks, (step, { steps, learningRate }) =>
    step < steps ? (rateAt(learningRate, 0) * (step + 1)) / steps : rateAt(learningRate, step - steps),
  );
}
