import { fields, integers } from '../check.ts';
import { checkAxes, defineLayer, type LayerFactory, last, sizeOf } from './layer.ts';
import {
  activateBackwardOutput,
  activateOutput,
  kernelAndBias,
  savedFor,
  type WeightedOptions,
  weighted,
} from './weighted.ts';

export interface DenseOptions extends WeightedOptions {
  /** Size of the last axis that comes out, 1..16777216. */
  readonly units: number;
}

/**
 * Below this share of values that are not zero, skipping the others is faster: decoding 1,024 values into 784 at 5 %
 * takes an eighteenth of the time for one row, an eighth for 32; the worst of those in docs/kernels.md breaks even at
 * 22 %.
 */
const FEW = 0.2;

/**
 * A fully connected layer over the last axis: activation(x · kernel + bias), kernel `[inputs, units]` as in
 * Keras. `[..., inputs]` becomes `[..., units]`. Errors: TypeError, RangeError on wrong options.
 */
export const dense: LayerFactory<DenseOptions> = /* @__PURE__ */ defineLayer({
  type: 'dense',

  check: (o, name) => fields(name, o, { units: integers(1, 2 ** 24), ...weighted() }),

  shape(o, input, name) {
    checkAxes(input, name);
    return [...input.slice(0, -1), o.units];
  },

  weights: (o, input) => kernelAndBias(o, [last(input), o.units], last(input), o.units, o.units),

  saved: (o, input, rows) => savedFor(o, rows * (sizeOf(input) / last(input)) * o.units),

  forward(kernels, c, o) {
    const { units } = o;
    const rows = (c.rows * c.outputSize) / units;
    const z = c.saved || c.y;
    const n = last(c.inputShape);
    const [kernel, bias = 0] = c.weights as [number, number?];
    if (c.sparse && !c.training && kernels.countActive(c.x, rows * n) < FEW * rows * n) {
      kernels.gemmActive(z, c.x, kernel, bias, rows, units, n, c.scratch);
    } else {
      kernels.gemm(z, c.x, kernel, bias, rows, units, n, 0, c.scratch);
    }
    activateOutput(kernels, c, o, units, z);
  },

  backward(kernels, c, o) {
    const { units } = o;
    const rows = (c.rows * c.outputSize) / units;
    const n = last(c.inputShape);
    activateBackwardOutput(kernels, c, o, units, c.saved || c.y, c.gradients[1]);
    kernels.gemmTN(c.gradients[0]!, c.x, c.dy, n, units, rows, 0, c.scratch);
    if (c.dx) kernels.gemmNT(c.dx, c.dy, c.weights[0]!, rows, n, units, 0, c.scratch);
  },
});
