import { wrongType } from '../../core/errors.ts';
import { type Checked, type Checks, optional, validate } from '../../core/validate.ts';
import type { Address, Count, TrainKernels } from '../../wasm/kernels.ts';
import { checkRate, isLearningRate, type LearningRate } from './schedules.ts';

/** The key of an optimizer's implementation, which JSON leaves out. */
export const updateSymbol: unique symbol = /* @__PURE__ */ Symbol.for('isthmus.optimizer');

/** One update of all trained weights: byte addresses of blocks of `count` values. */
export interface UpdateCall {
  weights: Address;
  gradients: Address;
  /** One address for each slot of the optimizer. */
  slots: readonly Address[];
  count: Count;
  /** Learning rate of this step. */
  learningRate: number;
  /** Number of this update, counted from 1. */
  step: number;
}

/** How an optimizer updates weights. */
interface UpdateRule {
  /** Names of the values that it keeps for each weight from step to step. They start at zero. */
  readonly slots: readonly string[];
  update(kernels: TrainKernels, call: UpdateCall): void;
}

/** An optimizer: plain data, made by a factory such as `adam`. */
export interface Optimizer {
  /** Name of its factory. */
  readonly type: string;
  /** A fixed rate or a schedule. */
  readonly learningRate: LearningRate;
  /** @internal */
  readonly [updateSymbol]: UpdateRule;
}

/** The optimizer in `value`. Errors: TypeError when it is something else. */
export function checkOptimizer(value: unknown): Optimizer {
  if (typeof value !== 'object' || value === null || !(updateSymbol in value)) {
    throw wrongType('optimizer', 'an optimizer such as adam()', value);
  }
  return value as Optimizer;
}

interface OptimizerDefinition<C extends Checks> {
  readonly type: string;
  /** The argument of the user: undefined, a learning rate, or options. */
  readonly options: unknown;
  /** Default learning rate. */
  readonly learningRate: number;
  /** Checks of the other options. */
  readonly checks: C;
  readonly slots: readonly string[];
  update(kernels: TrainKernels, call: UpdateCall, options: Checked<C>): void;
}

/** Errors: TypeError, RangeError on wrong options. */
export function defineOptimizer<C extends Checks>(definition: OptimizerDefinition<C>): Optimizer {
  const { type, options, learningRate, checks, slots } = definition;
  const asOptions = isLearningRate(options) ? { learningRate: options } : (options ?? {});
  const o = validate(type, asOptions, { learningRate: optional(checkRate, learningRate), ...checks }, `${type}.`);
  const rule: UpdateRule = {
    slots,
    update: (kernels, call) => definition.update(kernels, call, o as unknown as Checked<C>),
  };
  return { type, ...(o as { learningRate: LearningRate }), [updateSymbol]: rule };
}
