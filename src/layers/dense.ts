import { wrongValue } from '../core/errors.ts';
import { lastAxis, sizeOf } from '../core/shape.ts';
import { integerWithin, layerOptions } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import type { ActivationCall } from '../engine/layer-call.ts';
import { backwardOf, constantWeight, type GradientParts } from '../engine/layer-definition.ts';
import { activationCodes, needsInput } from './activations.ts';
import { activationGradient, biasGradient, type KernelOptions, kernelOptions } from './kernel-layer.ts';

/** Options of `dense`. */
export interface DenseOptions extends KernelOptions {
  /** Length of the last axis of the output, 1..16777216. */
  readonly units: number;
}

/**
 * Below this fraction of nonzero values, a product that skips zeros is faster. Decoding 1,024 values into 784 with 5 % nonzero
 * takes 1/18 of the time for one row, 1/8 for 32 rows. The worst case in docs/maintainers/kernels.md breaks even at 22 %.
 */
export const SPARSE_THRESHOLD = 0.2;

interface DenseCall extends ActivationCall {
  /** Most values of the input are 0: the layer follows a sparse bottleneck. */
  readonly sparseInput?: boolean;
}

/** Rows of the matrix that the layer multiplies: more than one for each sample where its input has several axes. */
const matrixRows = (c: DenseCall, { units }: DenseOptions): number => (c.rows * c.outputSize) / units;

const gradientParts: GradientParts<DenseOptions, DenseCall> = {
  activationGradient: (k, c, o) => activationGradient(k, c, o, o.units),

  weightGradients(k, c, o) {
    const n = lastAxis(c.inputShape);
    k.gemmTN(c.gradients[0]!, c.x, c.dy, n, o.units, matrixRows(c, o), 0, c.scratch, n);
    biasGradient(k, c, o.units, c.gradients[1]);
  },

  inputGradient: (k, c, o) =>
    k.gemmNT(c.dx, c.dy, c.weights[0]!, matrixRows(c, o), lastAxis(c.inputShape), o.units, 0, c.scratch),
};

/**
 * A fully connected layer over the last axis: activation(x · kernel + bias), kernel `[inputs, units]` as in
 * Keras. `[..., inputs]` becomes `[..., units]`. Errors: TypeError, RangeError on wrong options or an input without axes.
 *
 * @example
 * ```ts
 * import { autoencoder, dense } from 'isthmus';
 *
 * const encoder = [dense({ units: 64, activation: 'relu' }), dense({ units: 8 })];
 * const decoder = [dense({ units: 64, activation: 'relu' }), dense({ units: 784, activation: 'sigmoid' })];
 * const model = await autoencoder({ input: [784], encoder, decoder });
 * console.log(model.latentShape, model.parameterCount);
 * // prints [ 8 ] 102296
 * ```
 */
export const dense: LayerFactory<DenseOptions> = /* @__PURE__ */ defineLayer<DenseOptions, DenseCall>({
  type: 'dense',
  rowwise: true,
  gradientParts,
  backward: /* @__PURE__ */ backwardOf(gradientParts),

  check: (o, name) => layerOptions(name, o, { units: integerWithin(1, 2 ** 24), ...kernelOptions() }),

  outputShape(o, input, name) {
    if (input.length === 0) throw wrongValue(name, 'an input with at least one axis', input);
    return [...input.slice(0, -1), o.units];
  },

  weights(o, input) {
    const fanIn = lastAxis(input);
    const { kernelInitializer: initializer = 'glorotUniform', l1 = 0, l2 = 0 } = o;
    const kernel = { name: 'kernel', shape: [fanIn, o.units], initializer, fanIn, fanOut: o.units, l1, l2 };
    return o.useBias === false ? [kernel] : [kernel, constantWeight('bias', o.units, 'zeros')];
  },

  saved: (o, input, rows) => (needsInput(o.activation) ? rows * (sizeOf(input) / lastAxis(input)) * o.units : 0),

  forward(kernels, c, o) {
    const { units } = o;
    const rows = matrixRows(c, o);
    const z = c.saved || c.y;
    const n = lastAxis(c.inputShape);
    const [kernel, bias = 0] = c.weights as [number, number?];
    if (c.sparseInput && !c.training && kernels.countNonZero(c.x, rows * n) < SPARSE_THRESHOLD * rows * n) {
      kernels.gemmSparse(z, c.x, kernel, bias, rows, units, n, c.scratch);
    } else {
      kernels.gemm(z, c.x, kernel, bias, rows, units, n, 0, c.scratch);
    }
    const code = activationCodes[o.activation ?? 'linear'];
    if (code) kernels.activate(c.y, z, rows, units, code);
  },
});
