import { fields, integer, integers } from '../check.ts';
import { defineLayer, type LayerFactory, sizeOf } from '../layers/layer.ts';
import { latentModule } from '../wasm/modules.ts';

export interface KSparseOptions {
  /** Values of a code that are kept. */
  readonly k: number;
}

/**
 * Keeps the k largest values of each code and sets the others to zero, while training and after. Keeps the shape.
 * Makhzani and Frey, k-sparse autoencoders, 2013. Errors: TypeError, RangeError on a wrong k.
 */
export const kSparse: LayerFactory<KSparseOptions> = /* @__PURE__ */ defineLayer({
  type: 'kSparse',
  latent: true,
  module: latentModule,

  check: (o, name) => fields(name, o, { k: integers(1, 2 ** 24) }),

  zeros: () => true,

  shape(o, input, name) {
    integer(`${name}.k`, o.k, 1, sizeOf(input));
    return input;
  },

  forward: (k, c, o) => k.keepLargest(c.y, c.x, c.rows, c.inputSize, o.k),

  backward(k, c) {
    if (c.dx) k.keptBackward(c.dx, c.dy, c.y, c.rows * c.inputSize);
  },
});
