import { type Activation, activations, needsInput } from '../activations.ts';
import { fields, integers } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { type Call, constant, defineLayer, type Initializer, type LayerFactory, sizeOf, weighted } from './layer.ts';

export interface DenseOptions {
  /** Size of the last axis that comes out, 1..16777216. */
  readonly units: number;
  /** Default `linear`. */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform` (Glorot and Bengio, 2010); biases start at zero. */
  readonly kernelInitializer?: Exclude<Initializer, 'zeros' | 'ones'>;
  /** Added to the loss: l1·Σ|w| and l2·Σw² of the kernel. Default 0. */
  readonly l1?: number;
  readonly l2?: number;
}

/**
 * Below this share of values that are not zero, skipping the others is faster: decoding 1,024 values into 784 at 5 %
 * takes an eighteenth of the time for one row, an eighth for 32; the worst of those in docs/kernels.md breaks even at
 * 22 %.
 */
const FEW = 0.2;

const last = (shape: readonly number[]): number => shape[shape.length - 1]!;

/**
 * A fully connected layer over the last axis: activation(x · kernel + bias), kernel `[inputs, units]` as in
 * Keras. `[..., inputs]` becomes `[..., units]`. Errors: TypeError, RangeError on wrong options.
 */
export const dense: LayerFactory<DenseOptions> = /* @__PURE__ */ defineLayer({
  type: 'dense',

  check: (o, name) => fields(name, o, { units: integers(1, 2 ** 24), ...weighted() }),

  shape(o, input, name) {
    if (input.length === 0) throw wrongValue(name, 'an input with at least one axis', input);
    return [...input.slice(0, -1), o.units];
  },

  weights(o, input) {
    const fanIn = last(input);
    const shape = [fanIn, o.units];
    const { kernelInitializer: initializer = 'glorotUniform', l1 = 0, l2 = 0 } = o;
    const kernel = { name: 'kernel', shape, initializer, fanIn, fanOut: o.units, l1, l2 };
    return o.useBias === false ? [kernel] : [kernel, constant('bias', o.units, 'zeros')];
  },

  saved: (o, input, rows) =>
    needsInput(o.activation ?? 'linear') ? rows * (sizeOf(input) / last(input)) * o.units : 0,

  forward(kernels, c, o) {
    const { units, activation = 'linear' } = o;
    const rows = (c.rows * c.outputSize) / units;
    const z = c.saved || c.y;
    const n = inputs(c, o);
    const [kernel, bias = 0] = c.weights as [number, number?];
    if (c.sparse && !c.training && kernels.countActive(c.x, rows * n) < FEW * rows * n) {
      kernels.gemmActive(z, c.x, kernel, bias, rows, units, n, c.scratch);
    } else {
      kernels.gemm(z, c.x, kernel, bias, rows, units, n, 0, c.scratch);
    }
    if (activation !== 'linear') kernels.activate(c.y, z, rows, units, activations[activation]);
  },

  backward(kernels, c, o) {
    const { units, activation = 'linear' } = o;
    const rows = (c.rows * c.outputSize) / units;
    const n = inputs(c, o);
    if (activation !== 'linear' && !c.beforeActivation) {
      kernels.activateBackward(c.dy, c.dy, c.saved || c.y, rows, units, activations[activation]);
    }
    kernels.gemmTN(c.gradients[0]!, c.x, c.dy, n, units, rows, 0, c.scratch);
    if (c.gradients[1]) kernels.columnSums(c.gradients[1], c.dy, rows, units);
    if (c.dx) kernels.gemmNT(c.dx, c.dy, c.weights[0]!, rows, n, units, 0, c.scratch);
  },
});

const inputs = (c: Call, o: DenseOptions): number => (c.inputSize * o.units) / c.outputSize;
