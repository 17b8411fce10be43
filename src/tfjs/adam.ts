import type { NamedTensorMap, Optimizer, serialization, Variable } from '@tensorflow/tfjs-core';
import { wrongValue } from '../core/errors.ts';
import { power } from '../core/portable-math.ts';
import { halfOpenUnitInterval, plainObject as plain, positive } from '../core/validate.ts';
import type { KernelHost } from './host.ts';
import { installedIn } from './install.ts';
import { addressOf, markChanged, type Tf, tensorOf, tensorsSharing, variableNamed } from './internal.ts';
import { sizeOf } from './kernels/kernel.ts';
import { type NamedTensor, OptimizerSlots } from './slots.ts';

export interface FusedAdamOptions {
  /** Share of the old mean of gradients that stays, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Share of the old mean of squares that stays, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/** A variable whose values nobody else holds, so that they may be changed where they lie. */
function tfjsAdam(tf: Tf, host: KernelHost, variable: Variable): number {
  const { backend, kernels } = host;
  const from = addressOf(backend, variable);
  if (tensorsSharing(backend, variable) === 1) return from;
  const n = sizeOf(variable.shape);
  const copy = tensorOf(tf, backend.makeOutput(variable.shape, 'float32'));
  kernels.copy(addressOf(backend, copy), from, n);
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
    readonly #slots = new OptimizerSlots(tf);

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
      // All is checked, and every address known, before anything changes.
      const seen = new Map<Variable, NamedTensor['tensor'] | undefined>();
      for (const { name, tensor } of list) {
        const variable = variableNamed(tf, name);
        if (tensor?.isDisposed) throw wrongValue(name, 'a gradient', 'a tensor that was disposed');
        if (variable.dtype !== 'float32' && !tensor) continue;
        if (variable.dtype !== 'float32' || (tensor && tensor.dtype !== 'float32'))
          throw wrongValue(name, 'a float32 variable and gradient', `${variable.dtype}, ${tensor?.dtype}`);
        if (tensor && tensor.shape.join() !== variable.shape.join())
          throw wrongValue(name, `a gradient of shape [${variable.shape}]`, tensor.shape);
        if (seen.has(variable) && seen.get(variable) !== tensor) throw wrongValue(name, 'one gradient', 'two');
        seen.set(variable, tensor);
      }
      const slots = this.#slots.of([...seen.keys()]);
      const steps = [...seen].flatMap(([variable, tensor], i) => {
        if (!tensor) return [];
        const { m, v } = slots[i]!;
        const [w, mean, squares] = [variable, m, v].map((one) => tfjsAdam(tf, host, one)) as [number, number, number];
        return { variable, w, g: addressOf(host.backend, tensor), mean, squares };
      });
      for (const { variable, w, g, mean, squares } of steps) {
        const n = sizeOf(variable.shape);
        host.kernels.adam(w, g, mean, squares, n, rate, 1 - beta1, 1 - beta2, epsilon * rest2, 1);
        markChanged(host.backend, variable);
      }
      this.incrementIterations();
    }

    override dispose(): void {
      this.#slots.clear();
    }

    override async getWeights(): Promise<NamedTensor[]> {
      return [await this.saveIterations(), ...this.#slots.list()];
    }

    override async setWeights(values: NamedTensor[]): Promise<void> {
      if (values.length % 2 === 0)
        throw wrongValue('weightValues', 'iter and two slots for each variable', values.length);
      this.#slots.set(values.slice(1));
      await this.extractIterations(values);
    }

    getConfig() {
      return { learningRate: this.learningRate, ...this.#o };
    }
  };
}

/**
 * Adam (Kingma and Ba, 2014) with the formula and defaults of `tf.train.adam`, but each variable in one pass where it
 * lies, instead of some fifteen operations with a tensor each. For `model.compile`, `minimize` and `applyGradients`.
 * Variables that share their values with a tensor get values of their own first.
 *
 * Each variable has slots of its own, kept while layers are frozen and given back when the variable is disposed of; all
 * variables share one count of steps, as in Keras. `setWeights` gives slots to variables by their names, or, where the
 * variables of a loaded model are named otherwise, by their places in the first step.
 *
 * `learningRate`: default 0.001. To be called after `installKernels`, whose tfjs it belongs to.
 * Errors: TypeError, RangeError for wrong options; RangeError where nothing is installed. In a step RangeError where the
 * WASM backend is not set, and for gradients or slots that do not fit to their variables: then nothing has changed.
 */
export function fusedAdam(learningRate = 0.001, options: FusedAdamOptions = {}): Optimizer {
  positive('learningRate', learningRate);
  plain('options', options, ['beta1', 'beta2', 'epsilon']);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  halfOpenUnitInterval('beta1', beta1);
  halfOpenUnitInterval('beta2', beta2);
  positive('epsilon', epsilon);
  const { tf } = installedIn('fusedAdam');
  const FusedAdam = classOf(tf);
  return new FusedAdam(learningRate, { beta1, beta2, epsilon });
}
