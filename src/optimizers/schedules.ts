import { boolean, type Check, integer, maybe, number, positive, read, share } from '../check.ts';
import { wrongType } from '../errors.ts';
import { cosPi, power, realPower } from '../math.ts';

/** The learning rate by step, the first step being 0: plain data with its rule out of JSON's sight. */
export interface Schedule {
  readonly type: string;
  /** @internal */
  readonly [rateOf]: (step: number) => number;
}

const rateOf: unique symbol = /* @__PURE__ */ Symbol.for('isthmus.schedule');

/** A fixed rate, or a schedule. */
export type LearningRate = number | Schedule;

export const checkRate: Check<LearningRate> = (name, rate) => {
  if (typeof rate === 'number') return positive(name, rate);
  if (typeof rate !== 'object' || rate === null || !(rateOf in rate)) {
    throw wrongType(name, 'a number or a schedule', rate);
  }
  return rate as Schedule;
};

/** The rate at a step. */
export const rateAt = (rate: LearningRate, step: number): number =>
  typeof rate === 'number' ? rate : rate[rateOf](step);

const whole: Check<number> = (name, value) => integer(name, value, 1, Number.MAX_SAFE_INTEGER);
const initial: Check<number> = (name, value = 0.001) => positive(name, value);
const atMostOne: Check<number> = (name, value) => number(name, value, 'a number in [0, 1]', (v) => v >= 0 && v <= 1);

/** Options of `cosine`. */
export interface CosineOptions {
  /** Rate at the start. Default 0.001. */
  readonly learningRate?: number;
  /** Steps (batches) until the end of the fall. */
  readonly decaySteps: number;
  /** Share of the rate that stays at the end, in [0, 1]. Default 0. */
  readonly alpha?: number;
}

/** Falls along half a cosine, then stays (Loshchilov and Hutter, SGDR, 2016; Keras' CosineDecay). */
export function cosine(o: CosineOptions): Schedule {
  const given = read('cosine', o, { learningRate: initial, decaySteps: whole, alpha: maybe(atMostOne, 0) }, 'cosine.');
  const { learningRate, decaySteps, alpha } = given;
  const rate = (step: number): number =>
    learningRate * (alpha + ((1 - alpha) * (1 + cosPi(Math.min(step / decaySteps, 1)))) / 2);
  return { type: 'cosine', ...given, [rateOf]: rate } as Schedule;
}

/** Options of `exponentialDecay`. */
export interface ExponentialDecayOptions {
  /** Rate at the start. Default 0.001. */
  readonly learningRate?: number;
  /** Steps (batches) after which the rate has been multiplied by `decayRate` once. */
  readonly decaySteps: number;
  /** In (0, 1). */
  readonly decayRate: number;
  /** Only at whole multiples of `decaySteps`. Default false. */
  readonly staircase?: boolean;
}

/** learningRate · decayRate^(step / decaySteps), as Keras' ExponentialDecay. */
export function exponentialDecay(o: ExponentialDecayOptions): Schedule {
  const checks = { learningRate: initial, decaySteps: whole, decayRate: share, staircase: maybe(boolean, false) };
  const given = read('exponentialDecay', o, checks, 'exponentialDecay.');
  const { learningRate, decaySteps, decayRate, staircase } = given;
  const rate = (step: number): number =>
    learningRate *
    (staircase ? power(decayRate, Math.floor(step / decaySteps)) : realPower(decayRate, step / decaySteps));
  return { type: 'exponentialDecay', ...given, [rateOf]: rate } as Schedule;
}

/** Options of `warmup`. */
export interface WarmupOptions {
  /** Steps (batches) until the full rate. */
  readonly steps: number;
  /** The rate, or the schedule that begins when the rise ends. Default 0.001. */
  readonly learningRate?: LearningRate;
}

/** Rises linearly to a rate, then stays there or follows a schedule (Goyal et al., 2017). */
export function warmup(o: WarmupOptions): Schedule {
  const given = read('warmup', o, { steps: whole, learningRate: maybe(checkRate, 0.001) }, 'warmup.');
  const { steps, learningRate } = given;
  const rate = (step: number): number =>
    step < steps ? (rateAt(learningRate, 0) * (step + 1)) / steps : rateAt(learningRate, step - steps);
  return { type: 'warmup', ...given, [rateOf]: rate } as Schedule;
}
