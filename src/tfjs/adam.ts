import type { NamedTensorMap, Optimizer, Scalar, serialization, Tensor, Variable } from '@tensorflow/tfjs-core';
import { wrongValue } from '../core/errors.ts';
import { power } from '../core/portable-math.ts';
import { halfOpenUnitInterval, plainObject, positive } from '../core/validate.ts';
import { withFusedGradients } from './fused-gradients.ts';
import type { KernelHost } from './host.ts';
import { installedIn } from './install.ts';
import { addressOf, markChanged, referenceCount } from './internal/backend.ts';
import { type Tf, tensorOf, variableNamed } from './internal/namespace.ts';
import { sizeOf } from './kernels/kernel.ts';
import { type NamedTensor, OptimizerSlots } from './slots.ts';

/** Options of `fusedAdam`. */
export interface FusedAdamOptions {
  /** Decay of the moving average of gradients, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the moving average of squared gradients, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Added to the square root of the average, above 0. Default 1e-7. */
  readonly epsilon?: number;
}

/** The address of a variable's values, which no other tensor shares: the variable gets a copy of shared values first. */
function ownValues(tf: Tf, { backend, kernels }: KernelHost, variable: Variable): number {
  const address = addressOf(backend, variable);
  if (referenceCount(backend, variable) === 1) return address;
  const copy = tensorOf(tf, backend.makeOutput(variable.shape, 'float32'));
  kernels.copy(addressOf(backend, copy), address, sizeOf(variable.shape));
  variable.assign(copy);
  copy.dispose();
  return addressOf(backend, variable);
}

type GradientOf = Map<Variable, Tensor | undefined>;

/**
 * The gradients by their float32 variables; undefined for a variable without a gradient, which has slots all the same. Errors:
 * RangeError for a gradient that does not fit to its variable.
 */
function gradientsByVariable(tf: Tf, gradients: readonly NamedTensor[]): GradientOf {
  const result: GradientOf = new Map();
  for (const { name, tensor } of gradients) {
    const variable = variableNamed(tf, name);
    if (tensor?.isDisposed) throw wrongValue(name, 'a gradient', 'a tensor that was disposed');
    if (variable.dtype !== 'float32' && !tensor) continue;
    if (variable.dtype !== 'float32' || (tensor && tensor.dtype !== 'float32'))
      throw wrongValue(name, 'a float32 variable and gradient', `${variable.dtype}, ${tensor?.dtype}`);
    if (tensor && tensor.shape.join() !== variable.shape.join())
      throw wrongValue(name, `a gradient of shape [${variable.shape}]`, tensor.shape);
    if (result.has(variable) && result.get(variable) !== tensor) throw wrongValue(name, 'one gradient', 'two');
    result.set(variable, tensor);
  }
  return result;
}

/** The optimizer's class, which extends the Optimizer of the caller's tfjs. */
function classOf(tf: Tf) {
  return class FusedAdam extends tf.Optimizer {
    /** The name in a saved model: any tfjs loads the optimizer as its own Adam. */
    static get className(): string {
      return 'Adam';
    }

    static override fromConfig<T extends serialization.Serializable>(
      Class: serialization.SerializableConstructor<T>,
      { learningRate, ...options }: serialization.ConfigDict,
    ): T {
      return new Class(learningRate, options);
    }

    protected learningRate: number;
    readonly #options: Required<FusedAdamOptions>;
    readonly #slots = new OptimizerSlots(tf);

    constructor(learningRate: number, options: Required<FusedAdamOptions>) {
      super();
      this.learningRate = learningRate;
      this.#options = options;
    }

    override computeGradients(f: () => Scalar, variables?: Variable[]): { value: Scalar; grads: NamedTensorMap } {
      const { host } = installedIn('fusedAdam', tf);
      return withFusedGradients(tf, host, () => super.computeGradients(f, variables));
    }

    override applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
      const { host } = installedIn('fusedAdam', tf);
      const list: NamedTensor[] = Array.isArray(gradients)
        ? gradients
        : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
      const { beta1, beta2, epsilon } = this.#options;
      const t = this.iterations + 1;
      // 1 - beta^t corrects the moments, which start at zero. It is moved from the moments to the rate and epsilon.
      const correction = Math.sqrt(1 - power(beta2, t));
      const rate = (this.learningRate * correction) / (1 - power(beta1, t));
      // Gradients are checked and addresses are computed before anything changes.
      const gradientOf = gradientsByVariable(tf, list);
      const slots = this.#slots.of([...gradientOf.keys()]);
      const steps = [...gradientOf].flatMap(([variable, gradient], i) => {
        if (!gradient) return [];
        const { m, v } = slots[i]!;
        return {
          variable,
          weights: ownValues(tf, host, variable),
          gradient: addressOf(host.backend, gradient),
          m: ownValues(tf, host, m),
          v: ownValues(tf, host, v),
        };
      });
      for (const { variable, weights, gradient, m, v } of steps) {
        const n = sizeOf(variable.shape);
        host.kernels.adam(weights, gradient, m, v, n, rate, 1 - beta1, 1 - beta2, epsilon * correction, 1);
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
      return { learningRate: this.learningRate, ...this.#options };
    }
  };
}

/**
 * Adam (Kingma and Ba, 2014) with the formula and defaults of `tf.train.adam`. One kernel updates each variable in place, where
 * `tf.train.adam` runs about fifteen operations with a tensor each. For `model.compile`, `minimize` and `applyGradients`.
 * A variable that shares its values with a tensor gets a copy first. Gradients of means, products, relu, sigmoid and tanh take one
 * kernel each.
 *
 * Slots belong to variables: they stay while layers are frozen, and are freed when the variable is disposed. All variables share one
 * count of steps, as in Keras. `setWeights` assigns slots to variables by name, or by their order in the first step where the
 * variables of a loaded model have other names.
 *
 * `learningRate`: above 0, default 0.001. Call this function after `installKernels`; the optimizer uses the same tfjs.
 * Errors: TypeError and RangeError for wrong options; RangeError where no kernels are installed. A step throws a RangeError where the
 * WASM backend is not set, and for gradients or slots that do not fit to their variables; then nothing has changed.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-wasm';
 * import * as tf from '@tensorflow/tfjs-core';
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * import { fusedAdam, installKernels } from 'isthmus/tfjs';
 *
 * await tf.setBackend('wasm');
 * await installKernels(tf);
 * const model = sequential({ layers: [layers.dense({ inputShape: [8], units: 8 })] });
 * model.compile({ optimizer: fusedAdam(0.05), loss: 'meanSquaredError' });
 * const x = tf.randomUniform([64, 8], 0, 1, 'float32', 1);
 * const { history } = await model.fit(x, x, { epochs: 20, verbose: 0 });
 * console.log(history.loss!.at(-1)! < history.loss![0]!);
 * // prints true
 * ```
 */
export function fusedAdam(learningRate = 0.001, options: FusedAdamOptions = {}): Optimizer {
  positive('learningRate', learningRate);
  plainObject('options', options, ['beta1', 'beta2', 'epsilon']);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  halfOpenUnitInterval('beta1', beta1);
  halfOpenUnitInterval('beta2', beta2);
  positive('epsilon', epsilon);
  const { tf } = installedIn('fusedAdam');
  const FusedAdam = classOf(tf);
  return new FusedAdam(learningRate, { beta1, beta2, epsilon });
}
