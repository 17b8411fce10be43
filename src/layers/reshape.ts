import { wrongType, wrongValue } from '../core/errors.ts';
import { MAX_AXES, type Shape, sizeOf } from '../core/shape.ts';
import { type Check, integer, layerOptions } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';

/** Options of `reshape`. */
export interface ReshapeOptions {
  /** Shape of an output sample, with as many values as an input sample. */
  readonly targetShape: Shape;
}

const nothing = (): void => {};

const checkShape: Check = (name, value) => {
  if (!Array.isArray(value)) throw wrongType(name, 'a shape such as [7, 7, 8]', value);
  integer(`${name}.length`, value.length, 0, MAX_AXES);
  for (const length of value) integer(name, length, 1, 2 ** 28);
};

/**
 * The same values in another shape: any shape becomes `targetShape`. Errors: TypeError, RangeError on a wrong shape or another
 * number of values.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, reshape } from 'isthmus';
 *
 * const encoder = [reshape({ targetShape: [16] }), dense({ units: 3 })];
 * const decoder = [dense({ units: 16 }), reshape({ targetShape: [4, 4, 1] })];
 * const model = await autoencoder({ input: [4, 4, 1], encoder, decoder });
 * console.log(model.outputShape);
 * // prints [ 4, 4, 1 ]
 * ```
 */
export const reshape: LayerFactory<ReshapeOptions> = /* @__PURE__ */ defineLayer({
  type: 'reshape',
  identity: true,

  check: (o, name) => void layerOptions(name, o, { targetShape: checkShape }),

  outputShape(o, input, name) {
    if (sizeOf(o.targetShape) === sizeOf(input)) return [...o.targetShape];
    throw wrongValue(name, `an input of ${sizeOf(o.targetShape)} values for [${o.targetShape.join(', ')}]`, input);
  },

  forward: nothing,
  backward: nothing,
});

/**
 * All axes of a sample as one: any shape becomes `[values]`. Errors: TypeError on options.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, flatten, reshape } from 'isthmus';
 *
 * const encoder = [flatten(), dense({ units: 4 })];
 * const decoder = [dense({ units: 64 }), reshape({ targetShape: [8, 8, 1] })];
 * const model = await autoencoder({ input: [8, 8, 1], encoder, decoder });
 * console.log(model.latentShape, model.outputShape);
 * // prints [ 4 ] [ 8, 8, 1 ]
 * ```
 */
export const flatten: LayerFactory<{ readonly [none in never]: never }> = /* @__PURE__ */ defineLayer({
  type: 'flatten',
  identity: true,
  check: (o, name) => void layerOptions(name, o, {}),
  outputShape: (_, input) => [sizeOf(input)],
  forward: nothing,
  backward: nothing,
});
