import { wrongType } from '../../core/errors.ts';
import { type Checked, type Checks, optional, validate } from '../../core/validate.ts';
import type { TrainKernels } from '../../wasm/kernels.ts';
import { checkRate, type LearningRate } from './schedules.ts';

/** Where an optimizer's update hangs: out of JSON's sight. */
export const updateSymbol: unique symbol = /* @__PURE__ */ Symbol.for('isthmus.optimizer');

/** One update of the whole block of weights: byte addresses, `count` values. */
export interface UpdateCall {
  weights: number;
  gradients: number;
  /** One address a slot, each a block like the weights. */
  slots: readonly number[];
  count: number;
  /** Learning rate of this step. */
  learningRate: number;
  /** Number of this update, the first being 1. */
  step: number;
}

/** An optimizer: plain data, made by `adam` and its like. */
export interface Optimizer {
  readonly type: string;
  readonly learningRate: LearningRate;
  /** @internal */
  readonly [updateSymbol]: {
    /** Names of what it keeps for each weight from step to step. */
    readonly slots: readonly string[];
    update(kernels: TrainKernels, call: UpdateCall): void;
  };
}

/** The optimizer in `value`. Errors: TypeError when it is something else. */
export function checkOptimizer(value: unknown): Optimizer {
  if (typeof value !== 'object' || value === null || !(updateSymbol in value)) {
    throw wrongType('optimizer', 'an optimizer such as adam()', value);
  }
  return value as Optimizer;
}

type Rule = Optimizer[typeof updateSymbol];

/** An optimizer by what the user gave: nothing, a learning rate, or options. `learningRate` is the default of the first. */
export function defineOptimizer<C extends Checks>(
  type: string,
  given: unknown,
  rate: number,
  checks: C,
  slots: readonly string[],
  update: (kernels: TrainKernels, call: UpdateCall, o: Checked<C>) => void,
): Optimizer {
  const isRate = typeof given === 'number' || (typeof given === 'object' && given !== null && 'type' in given);
  const all = { learningRate: optional(checkRate, rate), ...checks };
  const o = validate(type, isRate ? { learningRate: given } : (given ?? {}), all, `${type}.`);
  const rule: Rule = { slots, update: (kernels, call) => update(kernels, call, o as unknown as Checked<C>) };
  return { type, ...(o as { learningRate: LearningRate }), [updateSymbol]: rule };
}
