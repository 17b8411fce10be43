// The slots of Adam: two moments for each variable, found by the variable itself.

import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { wrongValue } from '../core/errors.ts';
import { registered, type Tf, variableOf } from './internal.ts';

/** tfjs's own, which it does not export. */
export interface NamedTensor {
  name: string;
  tensor: Tensor;
}

/** The mean of a variable's gradients and that of their squares, with the variable's shape. */
interface Moments {
  readonly m: Variable;
  readonly v: Variable;
}

interface Saved extends Moments {
  /** Name of the variable when the moments were saved. */
  readonly name: string;
}

const sameShape = (a: Tensor, b: Tensor): boolean => a.shape.join() === b.shape.join();

const dispose = ({ m, v }: Moments): void => {
  m.dispose();
  v.dispose();
};

export class OptimizerSlots {
  readonly #tf: Tf;
  readonly #of = new Map<Variable, Moments>();
  /** The variables of the last step: a file has their slots first, because tfjs's Adam finds slots by their places. */
  #last: readonly Variable[] = [];
  /** What `set` was given and no variable has taken yet. */
  #saved: Saved[] = [];
  #fresh = false;

  constructor(tf: Tf) {
    this.#tf = tf;
  }

  /**
   * The moments of float32 variables, zeros for those that are new. Moments whose variable is disposed of are given back.
   * Errors: RangeError where moments that were set fit to none of the variables, or have another shape.
   */
  of(variables: readonly Variable[]): Moments[] {
    const there = registered(this.#tf);
    const whole = ({ m, v }: Moments): boolean => there.has(m) && there.has(v);
    for (const [variable, moments] of this.#of) {
      if (there.has(variable) && whole(moments)) continue;
      dispose(moments);
      this.#of.delete(variable);
    }
    this.#saved = this.#saved.filter(whole);
    this.#take(variables.filter((one) => !this.#of.has(one)));
    this.#last = variables;
    return variables.map((one) => {
      const moments = this.#of.get(one) ?? { m: this.#zeros(one), v: this.#zeros(one) };
      this.#of.set(one, moments);
      return moments;
    });
  }

  #zeros(like: Variable): Variable {
    const zeros = this.#tf.zerosLike(like);
    const variable = variableOf(this.#tf, zeros);
    zeros.dispose();
    return variable;
  }

  /**
   * Gives saved moments to variables, by name. A model that is loaded beside the one it was saved from has other names
   * for its variables: then by place, in the first step, where all shapes agree.
   */
  #take(variables: readonly Variable[]): void {
    const saved = this.#saved;
    if (!saved.length || !variables.length) return;
    const named = variables.map(({ name }) => saved.find((one) => one.name === name));
    const found = named.filter(Boolean).length;
    const complete = found === variables.length || found === saved.length;
    const placed = saved.length === variables.length && saved.every(({ m }, i) => sameShape(m, variables[i]!));
    const list = this.#fresh && !complete && placed ? saved : named;
    if (this.#fresh && list === named && !found)
      throw wrongValue('weightValues', `slots of the variables ${names(variables)}`, saved[0]!.name);
    variables.forEach((variable, i) => {
      const one = list[i];
      if (one && !sameShape(one.m, variable))
        throw wrongValue(`${one.name}/m`, `a slot of shape [${variable.shape}]`, one.m.shape);
    });
    variables.forEach((variable, i) => {
      if (list[i]) this.#of.set(variable, list[i]);
    });
    this.#saved = saved.filter((one) => !list.includes(one));
    this.#fresh = false;
  }

  /** As in the files of tfjs: all means, then all means of squares, by the names of their variables. */
  list(): NamedTensor[] {
    const order = new Set([...this.#last.filter((one) => this.#of.has(one)), ...this.#of.keys()]);
    const all = [...[...order].map((one) => ({ ...this.#of.get(one)!, name: one.name })), ...this.#saved];
    const named = (slot: 'm' | 'v') => all.map((one) => ({ name: `${one.name}/${slot}`, tensor: one[slot] as Tensor }));
    return [...named('m'), ...named('v')];
  }

  /** Takes what `list` gave. Errors: RangeError for tensors that are no such slots; then nothing has changed. */
  set(list: readonly NamedTensor[]): void {
    const half = list.length / 2;
    list.forEach(({ name, tensor }, i) => {
      const { shape } = list[i % half]!.tensor;
      if (tensor.dtype !== 'float32' || tensor.shape.join() !== shape.join())
        throw wrongValue(name, `float32 values of shape [${shape}]`, `${tensor.dtype} [${tensor.shape}]`);
    });
    const next = list.slice(0, half).map(({ name, tensor }, i) => ({
      name: name.replace(/\/m$/, ''),
      m: variableOf(this.#tf, tensor),
      v: variableOf(this.#tf, list[half + i]!.tensor),
    }));
    this.clear();
    this.#saved = next;
    this.#fresh = true;
  }

  clear(): void {
    for (const moments of [...this.#of.values(), ...this.#saved]) dispose(moments);
    this.#of.clear();
    this.#last = this.#saved = [];
  }
}

const names = (variables: readonly Variable[]): string => variables.map(({ name }) => JSON.stringify(name)).join(', ');
