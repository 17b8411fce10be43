import { sizeOf } from '../../core/shape.ts';
import { integer, integerWithin, layerOptions } from '../../core/validate.ts';
import { defineBottleneck, type LayerFactory } from '../../engine/define-layer.ts';
import { latentModule } from '../../wasm/modules.ts';

/** Options of `kSparse`. */
export interface KSparseOptions {
  /** Number of values that each code keeps, 1 to the size of the code. */
  readonly k: number;
}

/**
 * Fraction of the gradient of a unit that no sample of a batch keeps. Without it only the unit that is largest at first learns:
 * of 64 units with k = 1, one was in use after ten epochs of 4,000 digits; with 1/8, 20 to 26 were, and with 1 as many.
 */
const IDLE_GRADIENT_FRACTION = 1 / 8;

/**
 * Keeps the k largest values of each code and sets the others to 0, in training and at inference. Keeps the shape. A unit that no
 * sample of a batch keeps gets an eighth of the gradient of a kept unit, so that each unit can learn; compare the auxiliary loss
 * for dead units of Gao et al., Scaling and evaluating sparse autoencoders, 2024. Makhzani and Frey,
 * k-sparse autoencoders, 2013. Errors: TypeError, RangeError on a wrong k.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, kSparse } from 'isthmus';
 *
 * const layers = { encoder: [dense({ units: 16 })], latent: kSparse({ k: 2 }), decoder: [dense({ units: 8 })] };
 * const model = await autoencoder({ input: [8], ...layers }, { seed: 1 });
 * const code = model.encode(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
 * console.log(code.length, code.filter((value) => value !== 0).length);
 * // prints 16 2
 * ```
 */
export const kSparse: LayerFactory<KSparseOptions> = /* @__PURE__ */ defineBottleneck<KSparseOptions>({
  type: 'kSparse',
  bottleneck: true,
  module: latentModule,

  check: (o, name) => layerOptions(name, o, { k: integerWithin(1, 2 ** 24) }),

  sparseOutput: () => true,

  outputShape(o, input, name) {
    integer(`${name}.k`, o.k, 1, sizeOf(input));
    return input;
  },

  forward: (k, c, o) => k.topK(c.y, c.x, c.rows, c.inputSize, o.k),

  backward(k, c) {
    if (!c.dx) return;
    k.nonZeroBackward(c.dx, c.dy, c.y, c.rows * c.inputSize);
    k.deadUnitsBackward(c.dx, c.dy, c.y, c.rows, c.inputSize, IDLE_GRADIENT_FRACTION);
  },
});
