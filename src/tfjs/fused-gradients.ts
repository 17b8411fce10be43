// Computes gradients with one kernel each, where tfjs runs two to five operations on whole tensors. These gradients replace those of
// tfjs while `fusedAdam` computes gradients.

import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { type Activation, activationCodes } from '../layers/activations.ts';
import { type KernelHost, SCRATCH, withScratch } from './host.ts';
import { addressOf, memoryOf } from './internal/backend.ts';
import { computesOutermostGradient, runKernel, type Tf, tensorOf } from './internal/namespace.ts';
import { sizeOf } from './kernels/kernel.ts';

/** The arguments of a gradient. */
interface GradientCall {
  readonly tf: Tf;
  readonly host: KernelHost;
  readonly dy: Tensor;
  /** The input or output of the operation, as the operation of tfjs saves it. */
  readonly saved: readonly Tensor[];
  readonly attrs: NamedAttrMap;
}

/** The gradients of the inputs of an operation by their names; undefined where this function does not support the call. */
type FusedGradient = (call: GradientCall) => Readonly<Record<string, () => Tensor>> | undefined;

/** dy · f'(x), where the saved tensor is f(x), or x for relu. */
const activationGradient =
  (activation: Activation): FusedGradient =>
  ({ tf, host, dy, saved: [y] }) => ({
    x() {
      const dx = tensorOf(tf, host.backend.makeOutput(dy.shape, 'float32'));
      const [to, from, values] = [dx, dy, y!].map((tensor) => addressOf(host.backend, tensor));
      host.kernels.activateBackward(to!, from!, values!, 1, sizeOf(dy.shape), activationCodes[activation]);
      return dx;
    },
  });

/** Means of fewer values are left to tfjs: the product has too few columns to gain anything. */
const MIN_MEAN_VALUES = 32;

/** dy / n for each of the n values of a mean over the last axes. */
const meanGradient: FusedGradient = ({ tf, host, dy, saved: [x], attrs }) => {
  const axes = tf.util.parseAxisParam(attrs.axis as number[], x!.shape);
  const rows = sizeOf(dy.shape);
  const n = sizeOf(x!.shape) / rows;
  const first = x!.shape.length - axes.length;
  if (n < MIN_MEAN_VALUES || !axes.every((axis) => axis >= first)) return undefined;
  return {
    x() {
      const dx = tensorOf(tf, host.backend.makeOutput(x!.shape, 'float32'));
      // The product of a column of quotients and a row of ones.
      withScratch(host, SCRATCH + 4 * (rows + n), (scratch) => {
        const [to, from] = [dx, dy].map((tensor) => addressOf(host.backend, tensor));
        const quotients = scratch + SCRATCH;
        const ones = quotients + 4 * rows;
        const { buffer } = memoryOf(host.backend);
        const values = new Float32Array(buffer, from, rows);
        new Float32Array(buffer, quotients, rows).forEach((_, i, all) => {
          all[i] = values[i]! / n;
        });
        new Float32Array(buffer, ones, n).fill(1);
        host.kernels.gemm(to!, quotients, ones, 0, rows, n, 1, 0, scratch);
      });
      return dx;
    },
  };
};

/** The gradient of a square, for which tfjs multiplies dy by each of the two equal factors. */
const squareGradient: FusedGradient = ({ tf, dy, saved: [a, b] }) => {
  if (a!.dataId !== b!.dataId || a!.shape.join() !== dy.shape.join()) return undefined;
  const multiply = (): Tensor => runKernel(tf, 'Multiply', { a: dy, b: a! }, {});
  let product: Tensor | undefined;
  return {
    a() {
      product = multiply();
      return product;
    },
    // Only one of the factors may depend on a variable.
    b: () => (product?.isDisposed === false ? runKernel(tf, 'Identity', { x: product }, {}) : multiply()),
  };
};

/** The gradients of this file, by the name of the kernel. */
const fusedGradients: Readonly<Record<string, FusedGradient>> = {
  Mean: meanGradient,
  Multiply: squareGradient,
  Relu: /* @__PURE__ */ activationGradient('relu'),
  Sigmoid: /* @__PURE__ */ activationGradient('sigmoid'),
  Tanh: /* @__PURE__ */ activationGradient('tanh'),
};

/** A gradient that uses one kernel where this is possible, and otherwise `original`, the gradient of tfjs. */
function fusedConfig(tf: Tf, host: KernelHost, original: GradConfig): GradConfig {
  return {
    ...original,
    gradFunc(dy, saved, attrs) {
      const tensors = [dy as Tensor, ...saved];
      const fits =
        computesOutermostGradient(tf) &&
        tf.getBackend() === 'wasm' &&
        tensors.every(({ dtype, size }) => dtype === 'float32' && size > 0);
      const call = { tf, host, dy: dy as Tensor, saved, attrs };
      return (fits && fusedGradients[original.kernelName]!(call)) || original.gradFunc(dy, saved, attrs);
    },
  };
}

/** tfjs warns in its debug mode when a gradient is registered twice. */
function replaceGradient(tf: Tf, config: GradConfig): void {
  tf.unregisterGradient(config.kernelName);
  tf.registerGradient(config);
}

/** Calls `run`, which computes gradients, while the gradients of this file are registered. */
export function withFusedGradients<T>(tf: Tf, host: KernelHost, run: () => T): T {
  const originals = Object.keys(fusedGradients).flatMap((name) => tf.getGradient(name) ?? []);
  try {
    for (const original of originals) replaceGradient(tf, fusedConfig(tf, host, original));
    return run();
  } finally {
    for (const original of originals) replaceGradient(tf, original);
  }
}
