// The slots of Adam: two moments for each variable, by the variable itself.

import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { wrongValue } from '../core/errors.ts';
import { allVariables, fixedVariable, type Tf } from './internal/namespace.ts';

/** A type of tfjs that it does not export. */
export interface NamedTensor {
  name: string;
  tensor: Tensor;
}

/** The moving averages of a variable's gradient, `m`, and of its square, `v`. They have the shape of the variable. */
interface Moments {
  readonly m: Variable;
  readonly v: Variable;
}

/** Moments from `setWeights` that no variable has taken yet. */
interface LoadedMoments extends Moments {
  /** The name that the variable had when the moments were saved. */
  readonly name: string;
}

const sameShape = (a: Tensor, b: Tensor): boolean => a.shape.join() === b.shape.join();

const dispose = ({ m, v }: Moments): void => {
  m.dispose();
  v.dispose();
};

/** The moments of all variables of one optimizer. */
export class OptimizerSlots {
  readonly #tf: Tf;
  readonly #moments = new Map<Variable, Moments>();
  /** The variables of the last step. A file lists their slots first, because the Adam of tfjs finds slots by index. */
  #lastStep: readonly Variable[] = [];
  #loaded: LoadedMoments[] = [];
  /** No step has followed `set` yet. */
  #isFirstStep = false;

  constructor(tf: Tf) {
    this.#tf = tf;
  }

  /**
   * The moments of float32 variables, zeros for new variables. Disposes the moments of disposed variables.
   * Errors: RangeError where loaded moments belong to none of the variables, or have another shape.
   */
  of(variables: readonly Variable[]): Moments[] {
    const existing = allVariables(this.#tf);
    const isComplete = ({ m, v }: Moments): boolean => existing.has(m) && existing.has(v);
    for (const [variable, moments] of this.#moments) {
      if (existing.has(variable) && isComplete(moments)) continue;
      dispose(moments);
      this.#moments.delete(variable);
    }
    this.#loaded = this.#loaded.filter(isComplete);
    this.#assignLoaded(variables.filter((variable) => !this.#moments.has(variable)));
    this.#lastStep = variables;
    return variables.map((variable) => {
      const moments = this.#moments.get(variable) ?? { m: this.#zeros(variable), v: this.#zeros(variable) };
      this.#moments.set(variable, moments);
      return moments;
    });
  }

  #zeros(like: Variable): Variable {
    const zeros = this.#tf.zerosLike(like);
    const variable = fixedVariable(this.#tf, zeros);
    zeros.dispose();
    return variable;
  }

  /**
   * Assigns loaded moments to variables: by name, or by index in the first step where the variables have other names and all shapes
   * agree, as the variables of a model do that is loaded while the saved model still exists.
   */
  #assignLoaded(variables: readonly Variable[]): void {
    const loaded = this.#loaded;
    if (!loaded.length || !variables.length) return;
    const byName = variables.map(({ name }) => loaded.find((moments) => moments.name === name));
    const found = byName.filter(Boolean).length;
    const namesMatch = found === variables.length || found === loaded.length;
    const shapesMatch = loaded.length === variables.length && loaded.every(({ m }, i) => sameShape(m, variables[i]!));
    const byIndex = this.#isFirstStep && !namesMatch && shapesMatch;
    if (this.#isFirstStep && !byIndex && !found)
      throw wrongValue('weightValues', `slots of the variables ${quotedNames(variables)}`, loaded[0]!.name);
    const assigned = byIndex ? loaded : byName;
    variables.forEach((variable, i) => {
      const moments = assigned[i];
      if (moments && !sameShape(moments.m, variable))
        throw wrongValue(`${moments.name}/m`, `a slot of shape [${variable.shape}]`, moments.m.shape);
    });
    variables.forEach((variable, i) => {
      if (assigned[i]) this.#moments.set(variable, assigned[i]);
    });
    this.#loaded = loaded.filter((moments) => !assigned.includes(moments));
    this.#isFirstStep = false;
  }

  /** All slots as tfjs saves them: first all `m`, then all `v`, with the names of their variables. */
  list(): NamedTensor[] {
    const inLastStep = this.#lastStep.filter((variable) => this.#moments.has(variable));
    const order = new Set([...inLastStep, ...this.#moments.keys()]);
    const current = [...order].map((variable) => ({ ...this.#moments.get(variable)!, name: variable.name }));
    const all = [...current, ...this.#loaded];
    const slots = (slot: 'm' | 'v') =>
      all.map((item) => ({ name: `${item.name}/${slot}`, tensor: item[slot] as Tensor }));
    return [...slots('m'), ...slots('v')];
  }

  /** Loads the slots that `list` returned. Errors: RangeError for other tensors; then nothing has changed. */
  set(list: readonly NamedTensor[]): void {
    const half = list.length / 2;
    list.forEach(({ name, tensor }, i) => {
      const { shape } = list[i % half]!.tensor;
      if (tensor.dtype !== 'float32' || tensor.shape.join() !== shape.join())
        throw wrongValue(name, `float32 values of shape [${shape}]`, `${tensor.dtype} [${tensor.shape}]`);
    });
    const loaded = list.slice(0, half).map(({ name, tensor }, i) => ({
      name: name.replace(/\/m$/, ''),
      m: fixedVariable(this.#tf, tensor),
      v: fixedVariable(this.#tf, list[half + i]!.tensor),
    }));
    this.clear();
    this.#loaded = loaded;
    this.#isFirstStep = true;
  }

  clear(): void {
    for (const moments of [...this.#moments.values(), ...this.#loaded]) dispose(moments);
    this.#moments.clear();
    this.#lastStep = [];
    this.#loaded = [];
  }
}

const quotedNames = (variables: readonly Variable[]): string =>
  variables.map(({ name }) => JSON.stringify(name)).join(', ');
