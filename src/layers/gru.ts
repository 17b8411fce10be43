import { wrongValue } from '../core/errors.ts';
import { boolean, choice, integerWithin, keyOf, layerOptions, optional } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { initializers, type WeightSpec } from '../engine/layer-definition.ts';
import { recurrentModule } from '../wasm/modules.ts';
import { kernelAndBias, kernelOptions } from './kernel-layer.ts';
import { orthogonal } from './orthogonal.ts';
import { gruBackward } from './recurrent/backward.ts';
import { stepValues, workspaceBytes } from './recurrent/buffers.ts';
import { gruForward } from './recurrent/forward.ts';
import type { GruOptions } from './recurrent/options.ts';

export type { GruOptions };

/**
 * A gated recurrent unit (Cho et al., 2014): `[time, features]` becomes `[units]`, the state after the last time step, or
 * `[time, units]` with `returnSequences`. The state h begins at zero; at each step, of input x,
 *
 *     z = σ(x·Wz + h·Uz + bz)      r = σ(x·Wr + h·Ur + br)      h = z ∘ h + (1 - z) ∘ ĥ
 *     ĥ = tanh(x·Wh + bh + r ∘ (h·Uh + ch)), without `resetAfter` tanh(x·Wh + bh + (r ∘ h)·Uh)
 *
 * Weights as in Keras: `kernel` `[features, 3·units]` and `recurrentKernel` `[units, 3·units]`, of z, r and ĥ in this
 * order; `bias` `[2, 3·units]`, of the input and of the state, without `resetAfter` `[3·units]`. `l1` and `l2` are of the
 * kernel.
 *
 * A decoder that makes a sequence of a code repeats it for each step:
 * `[reshape({ targetShape: [1, n] }), upSampling1d({ size: time }), gru({ units, returnSequences: true })]`.
 *
 * Training takes memory for 8·units values per time step and sample. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, gru, reshape, upSampling1d } from 'isthmus';
 *
 * const encoder = [gru({ units: 16 }), dense({ units: 3 })];
 * // The decoder reads the code at each of its 20 steps.
 * const repeated = [reshape({ targetShape: [1, 3] }), upSampling1d({ size: 20 })];
 * const decoder = [...repeated, gru({ units: 16, returnSequences: true }), dense({ units: 2 })];
 * const model = await autoencoder({ input: [20, 2], encoder, decoder });
 * console.log(model.latentShape, model.outputShape);
 * // prints [ 3 ] [ 20, 2 ]
 * ```
 */
export const gru: LayerFactory<GruOptions> = /* @__PURE__ */ defineLayer<GruOptions>({
  type: 'gru',
  module: recurrentModule,
  meansOfRows: () => true,

  check: (o, name) =>
    void layerOptions(name, o, {
      units: integerWithin(1, 2 ** 24),
      ...kernelOptions(),
      returnSequences: optional(boolean),
      goBackwards: optional(boolean),
      resetAfter: optional(boolean),
      activation: optional(choice('tanh')),
      recurrentActivation: optional(choice('sigmoid')),
      recurrentInitializer: optional(keyOf({ orthogonal: 0, ...initializers })),
    }),

  outputShape(o, input, name) {
    if (input.length !== 2) throw wrongValue(name, 'an input of [time, features]', input);
    return o.returnSequences ? [input[0]!, o.units] : [o.units];
  },

  weights(o, input) {
    const { units, resetAfter = true, recurrentInitializer = 'orthogonal' } = o;
    const columns = 3 * units;
    const [kernel, bias] = kernelAndBias(o, [input[1]!, columns], columns) as [WeightSpec, WeightSpec?];
    const recurrentKernel = {
      ...kernel,
      name: 'recurrentKernel',
      shape: [units, columns],
      initializer: recurrentInitializer === 'orthogonal' ? orthogonal : recurrentInitializer,
      fanIn: units,
      l1: 0,
      l2: 0,
    };
    const weights = [kernel, recurrentKernel];
    if (bias) weights.push(resetAfter ? { ...bias, shape: [2, columns] } : bias);
    return weights;
  },

  saved(o, input, rows) {
    const [time] = input as [number, number];
    return stepValues(o.units, time, rows, time);
  },

  workspace: workspaceBytes,

  forward: gruForward,
  backward: gruBackward,
});
