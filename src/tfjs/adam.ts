import type { NamedTensorMap, Optimizer, serialization, Tensor, Variable } from '@tensorflow/tfjs-core';
import { fraction, options as plain, positive } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { power } from '../math.ts';
import type { Host } from './host.ts';
import { installedIn } from './install.ts';
import { addressOf, changed, sharers, type Tf, tensorOf, variableNamed, variableOf } from './internal.ts';
import { sizeOf } from './kernels/kernel.ts';

export interface FusedAdamOptions {
  /** Share of the old mean of gradients that stays, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Share of the old mean of squares that stays, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/** tfjs's own, which it does not export. */
interface NamedTensor {
  name: string;
  tensor: Tensor;
}

interface Slot {
  readonly originalName: string;
  readonly variable: Variable;
}

/** A variable whose values nobody else holds, so that they may be changed where they lie. */
function own(tf: Tf, host: Host, variable: Variable): number {
  const { backend, kernels } = host;
  const from = addressOf(backend, variable);
  if (sharers(backend, variable) === 1) return from;
  const n = sizeOf(variable.shape);
  const copy = tensorOf(tf, backend.makeOutput(variable.shape, 'float32'));
  kernels.copyColumns(addressOf(backend, copy), n, 0, from, n, 0, n, 1);
  variable.assign(copy);
  copy.dispose();
  return addressOf(backend, variable);
}

/** The class, over the Optimizer of the caller's tfjs. */
function classOf(tf: Tf) {
  return class FusedAdam extends tf.Optimizer {
    /** A saved model names it so: any tfjs loads it, with its own Adam. */
    static get className(): string {
      return 'Adam';
    }

    static override fromConfig<T extends serialization.Serializable>(
      own: serialization.SerializableConstructor<T>,
      { learningRate, ...o }: serialization.ConfigDict,
    ): T {
      return new own(learningRate, o);
    }

    protected learningRate: number;
    readonly #o: Required<FusedAdamOptions>;
    #m: Slot[] = [];
    #v: Slot[] = [];

    constructor(learningRate: number, o: Required<FusedAdamOptions>) {
      super();
      this.learningRate = learningRate;
      this.#o = o;
    }

    override applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
      const { host } = installedIn('fusedAdam', tf);
      const list: NamedTensor[] = Array.isArray(gradients)
        ? gradients
        : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
      const { beta1, beta2, epsilon } = this.#o;
      const t = this.iterations + 1;
      const [rest1, rest2] = [1 - power(beta1, t), Math.sqrt(1 - power(beta2, t))];
      const rate = (this.learningRate * rest2) / rest1;
      // Before anything changes.
      const variables = list.map(({ name, tensor }) => {
        const variable = variableNamed(tf, name);
        const fits = variable.dtype === 'float32' && (!tensor || tensor.dtype === 'float32');
        if (!fits) throw wrongValue(name, 'a float32 variable and gradient', `${variable.dtype}, ${tensor?.dtype}`);
        if (tensor && tensor.shape.join() !== variable.shape.join())
          throw wrongValue(name, `a gradient of shape [${variable.shape}]`, tensor.shape);
        return variable;
      });
      list.forEach(({ name, tensor }, i) => {
        const variable = variables[i]!;
        this.#m[i] ??= slot(`${name}/m`, variable);
        this.#v[i] ??= slot(`${name}/v`, variable);
        if (!tensor) return;
        const [w, m, v] = [variable, this.#m[i]!.variable, this.#v[i]!.variable].map((one) => own(tf, host, one));
        const g = addressOf(host.backend, tensor);
        const n = sizeOf(variable.shape);
        host.kernels.adam(w!, g, m!, v!, n, rate, 1 - beta1, 1 - beta2, epsilon * rest2, 1);
        changed(host.backend, variable);
      });
      this.incrementIterations();
    }

    override dispose(): void {
      for (const { variable } of [...this.#m, ...this.#v]) variable.dispose();
      this.#m = [];
      this.#v = [];
    }

    override async getWeights(): Promise<NamedTensor[]> {
      const slots = [...this.#m, ...this.#v];
      const list = slots.map(({ originalName, variable }) => ({ name: originalName, tensor: variable as Tensor }));
      return [await this.saveIterations(), ...list];
    }

    override async setWeights(values: NamedTensor[]): Promise<void> {
      const list = await this.extractIterations(values);
      this.dispose();
      const slots = list.map(({ name, tensor }) => ({ originalName: name, variable: variableOf(tf, tensor) }));
      this.#m = slots.slice(0, slots.length / 2);
      this.#v = slots.slice(slots.length / 2);
    }

    getConfig() {
      return { learningRate: this.learningRate, ...this.#o };
    }
  };

  function slot(originalName: string, like: Variable): Slot {
    const zeros = tf.zerosLike(like);
    const variable = variableOf(tf, zeros);
    zeros.dispose();
    return { originalName, variable };
  }
}

/**
 * Adam (Kingma and Ba, 2014) with the formula and defaults of `tf.train.adam`, but each variable in one pass where it
 * lies, instead of some fifteen operations with a tensor each. For `model.compile`, `minimize` and `applyGradients`.
 * Variables that share their values with a tensor get values of their own first.
 *
 * `learningRate`: default 0.001. To be called after `installKernels`, whose tfjs it belongs to.
 * Errors: TypeError, RangeError for wrong options; RangeError where nothing is installed, or, in a step, where the
 * WASM backend is not set.
 */
export function fusedAdam(learningRate = 0.001, options: FusedAdamOptions = {}): Optimizer {
  positive('learningRate', learningRate);
  plain('options', options, ['beta1', 'beta2', 'epsilon']);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  fraction('beta1', beta1);
  fraction('beta2', beta2);
  positive('epsilon', epsilon);
  const { tf } = installedIn('fusedAdam');
  const FusedAdam = classOf(tf);
  return new FusedAdam(learningRate, { beta1, beta2, epsilon });
}
