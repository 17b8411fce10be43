import { boolean, fraction, integer, number, options, positive } from '../check.ts';
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

export function checkRate(name: string, rate: unknown): void {
  if (typeof rate === 'number') positive(name, rate);
  else if (typeof rate !== 'object' || rate === null || !(rateOf in rate))
    throw wrongType(name, 'a number or a schedule', rate);
}

/** The rate at a step. */
export const rateAt = (rate: LearningRate, step: number): number =>
  typeof rate === 'number' ? rate : rate[rateOf](step);

const whole = (name: string, value: unknown): number => integer(name, value, 1, Number.MAX_SAFE_INTEGER);

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
  const {
    learningRate = 0.001,
    decaySteps,
    alpha = 0,
  } = options<CosineOptions>('cosine', o, ['learningRate', 'decaySteps', 'alpha']);
  positive('cosine.learningRate', learningRate);
  whole('cosine.decaySteps', decaySteps);
  number('cosine.alpha', alpha, 'a number in [0, 1]', (v) => v >= 0 && v <= 1);
  const rate = (step: number): number =>
    learningRate * (alpha + ((1 - alpha) * (1 + cosPi(Math.min(step / decaySteps, 1)))) / 2);
  return { type: 'cosine', learningRate, decaySteps, alpha, [rateOf]: rate } as Schedule;
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
  const known = ['learningRate', 'decaySteps', 'decayRate', 'staircase'];
  const {
    learningRate = 0.001,
    decaySteps,
    decayRate,
    staircase = false,
  } = options<ExponentialDecayOptions>('exponentialDecay', o, known);
  positive('exponentialDecay.learningRate', learningRate);
  whole('exponentialDecay.decaySteps', decaySteps);
  positive('exponentialDecay.decayRate', fraction('exponentialDecay.decayRate', decayRate));
  boolean('exponentialDecay.staircase', staircase);
  const rate = (step: number): number =>
    learningRate *
    (staircase ? power(decayRate, Math.floor(step / decaySteps)) : realPower(decayRate, step / decaySteps));
  return { type: 'exponentialDecay', learningRate, decaySteps, decayRate, staircase, [rateOf]: rate } as Schedule;
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
  const { steps, learningRate = 0.001 } = options<WarmupOptions>('warmup', o, ['steps', 'learningRate']);
  whole('warmup.steps', steps);
  checkRate('warmup.learningRate', learningRate);
  const rate = (step: number): number =>
    step < steps ? (rateAt(learningRate, 0) * (step + 1)) / steps : rateAt(learningRate, step - steps);
  return { type: 'warmup', steps, learningRate, [rateOf]: rate } as Schedule;
}
