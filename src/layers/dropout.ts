import { fields, fraction } from '../check.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { type Call, defineLayer, type LayerFactory } from './layer.ts';

export interface DropoutOptions {
  /** Share of values set to zero while training, in [0, 1). */
  readonly rate: number;
}

/**
 * Sets a random share of values to zero while training and divides the others by 1 - rate; nothing at
 * inference (Srivastava et al., 2014). Errors: TypeError, RangeError on a wrong rate.
 */
export const dropout: LayerFactory<DropoutOptions> = /* @__PURE__ */ defineLayer({
  type: 'dropout',
  trainingOnly: true,

  check: (o, name) => fields(name, o, { rate: fraction }),

  shape: (_, input) => input,

  forward: (k, c, o) => drop(k, c, o.rate, c.y, c.x),

  // The mask is drawn again from its counter: what went out of forward at zero stays at zero.
  backward(k, c, o) {
    if (c.dx) drop(k, c, o.rate, c.dx, c.dy);
  },
});

const drop = (k: Kernels, c: Call, rate: number, to: number, from: number): void =>
  k.dropout(to, from, c.rows * c.inputSize, rate, c.scratch, c.step, c.stream, c.seedLow, c.seedHigh);
