import { wrongValue } from '../../core/errors.ts';
import { lastAxis, sizeOf } from '../../core/shape.ts';
import { integerWithin, layerOptions } from '../../core/validate.ts';
import { defineLayer, type LayerFactory } from '../../engine/define-layer.ts';
import { integerModule } from '../../wasm/modules.ts';
import {
  checkProducts,
  linkIntegers,
  noBackward,
  outputForm,
  type QuantizedCall,
  type QuantizedLayerOptions,
  quantizedOptions,
  quantizedWeights,
  weightAddresses,
} from './quantized-layer.ts';
import { ceilTo, panelStorage } from './weight-storage.ts';

/** Options of `quantizedDense`. */
export interface QuantizedDenseOptions extends QuantizedLayerOptions {
  /** Length of the last axis of the output, 1..16777216. */
  readonly units: number;
}

/**
 * `dense` with 8-bit weights and inputs: activation(steps · (integers of x · kernel) + bias). `quantize` makes it; `loadModel` takes
 * this factory in `layers`. A new layer has a kernel of zeros. Its weights are `kernel`, integers -127..127 of shape
 * `[inputs, units]`; `kernel.scale`, the step of each column; `bias`; and `input`, the step and the lowest integer l of the input, whose
 * integers are l..l + 255. `[..., inputs]` becomes `[..., units]`. `fit` refuses it. Errors: TypeError,
 * RangeError on wrong options, on an input without axes and on more than 32,896 inputs, whose sums could exceed 32 bits.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, loadModel, quantize, quantizedDense, saveModel } from 'isthmus';
 *
 * const spec = { input: [8], encoder: [dense({ units: 2 })], decoder: [dense({ units: 8 })] };
 * const model = await autoencoder(spec, { seed: 1 });
 * const x = Float32Array.from({ length: 80 }, (_, i) => Math.sin(i));
 * const small = await quantize(model, x);
 * const loaded = await loadModel(saveModel(small), { layers: [quantizedDense] }); // bundlers drop the other layers
 * console.log(loaded.spec.encoder[0]!.type, String(loaded.encode(x)) === String(small.encode(x)));
 * // prints quantizedDense true
 * ```
 */
export const quantizedDense: LayerFactory<QuantizedDenseOptions> = /* @__PURE__ */ defineLayer<
  QuantizedDenseOptions,
  QuantizedCall
>({
  type: 'quantizedDense',
  module: integerModule,
  inferenceOnly: true,

  check: (o, name) => void layerOptions(name, o, { units: integerWithin(1, 2 ** 24), ...quantizedOptions() }),

  outputShape(o, input, name) {
    if (input.length === 0) throw wrongValue(name, 'an input with at least one axis', input);
    checkProducts(lastAxis(input), name);
    return [...input.slice(0, -1), o.units];
  },

  weights({ units }, input) {
    const inputs = lastAxis(input);
    const layout = { offset: 0, runs: 1, length: inputs, tensorIndex: (_: number, i: number): number => i * units };
    const columns = { columns: units, stride: 1, narrow: false };
    const storage = panelStorage([layout], columns, inputs * units);
    return quantizedWeights([inputs, units], [units], units, storage);
  },

  workspace({ units }, input, rows) {
    const inputs = lastAxis(input);
    const values = ceilTo((rows * sizeOf(input)) / inputs, 4) * ceilTo(inputs, 4);
    return 4 * values + 8 * ceilTo(units, 8) + 16 * ceilTo(inputs, 4) + 128;
  },

  link: linkIntegers,

  forward(k, c, o) {
    const { units } = o;
    const inputs = lastAxis(c.inputShape);
    const rows = (c.rows * c.inputSize) / inputs;
    const { kernel, scale, bias, range } = weightAddresses(c);
    const form = outputForm(c, o);
    const integers = c.integerInput ? 1 : 0;
    k.denseIntegers(
      c.y, c.x, kernel, scale, bias, range, form.range, rows, units, inputs, form.relu, integers, c.workspace,
    ); // biome-ignore format: addresses
    form.finish(k, units);
  },

  backward: noBackward,
});
