import { options, positive } from '../check.ts';
import { defineLayer } from '../layers/layer.ts';
import { latentModule } from '../wasm/modules.ts';

export interface QuantizedOptions {
  /** Distance of two values that a code may have. Default 1. */
  readonly step?: number;
}

/**
 * A code of multiples of `step`: rounded at inference, with uniform noise of the same size while training, so that there
 * is a gradient. Keeps the shape. Ballé et al., End-to-end optimized image compression, 2017. Errors: TypeError,
 * RangeError on a wrong step.
 */
export const quantized = /* @__PURE__ */ defineLayer<QuantizedOptions>({
  type: 'quantized',
  latent: true,
  module: latentModule,

  check(o, name) {
    options(name, o, ['type', 'step']);
    if (o.step !== undefined) positive(`${name}.step`, o.step);
  },

  shape: (_, input) => input,

  forward(k, c, { step = 1 }) {
    const n = c.rows * c.inputSize;
    if (c.training) k.addUniform(c.y, c.x, n, step, c.scratch, c.step, c.stream, c.seedLow, c.seedHigh);
    else k.roundTo(c.y, c.x, n, step);
  },

  backward(k, c) {
    if (c.dx) k.copyColumns(c.dx, c.inputSize, 0, c.dy, c.inputSize, 0, c.inputSize, c.rows);
  },
});
