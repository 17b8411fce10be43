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

/** The learning rate by step, the first step being 0: plain data with its rule out of JSON's sight. */
export interface Schedule {
  readonly type: string;
  /** @internal */
  readonly [rateSymbol]: (step: number) => number;
}

const rateSymbol: unique symbol = /* @__PURE__ */ Symbol.for('isthmus.schedule');

/** A fixed rate, or a schedule. */
export type LearningRate = number | Schedule;

export function checkRate(name: string, rate: unknown): LearningRate {
  if (typeof rate === 'number') return positive(name, rate);
  if (typeof rate === 'object' && rate !== null && rateSymbol in rate) return rate as Schedule;
  throw wrongType(name, 'a number or a schedule', rate);
}

/** The rate at a step. */
export const rateAt = (rate: LearningRate, step: number): number =>
  typeof rate === 'number' ? rate : rate[rateSymbol](step);

const positiveInteger: Check<number> = (name, value) => integer(name, value, 1, Number.MAX_SAFE_INTEGER);

/** A schedule by its options and its rule. */
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
  /** Rate at the start. Default 0.001. */
  readonly learningRate?: number;
  /** Steps (batches) until the end of the fall. */
  readonly decaySteps: number;
  /** Share of the rate that stays at the end, in [0, 1]. Default 0. */
  readonly alpha?: number;
}

/** Falls along half a cosine, then stays (Loshchilov and Hutter, SGDR, 2016; Keras' CosineDecay). */
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
  /** Steps (batches) until the full rate. */
  readonly steps: number;
  /** The rate, or the schedule that begins when the rise ends. Default 0.001. */
  readonly learningRate?: LearningRate;
}

/** Rises linearly to a rate, then stays there or follows a schedule (Goyal et al., 2017). */
export function warmup(o: WarmupOptions): Schedule {
  const checks = { steps: positiveInteger, learningRate: optional(checkRate, 0.001) };
  return schedule('warmup', o, checks, (step, { steps, learningRate }) =>
    step < steps ? (rateAt(learningRate, 0) * (step + 1)) / steps : rateAt(learningRate, step - steps),
  );
}
