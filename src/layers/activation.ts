import { lastAxis } from '../core/shape.ts';
import { keyOf, layerOptions } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import type { ActivationCall } from '../engine/layer-call.ts';
import { type Activation, activationCodes, needsInput } from './activations.ts';

/** Options of `activation`. */
export interface ActivationOptions {
  /** Name of the activation function. */
  readonly activation: Activation;
}

/**
 * An activation as a layer; `softmax` runs over the last axis. The shape stays. Errors: TypeError, RangeError on an unknown
 * activation.
 *
 * @example
 * ```ts
 * import { activation, autoencoder, dense } from 'isthmus';
 *
 * const encoder = [activation({ activation: 'relu' })];
 * const model = await autoencoder({ input: [3], encoder, decoder: [dense({ units: 3 })] });
 * console.log(model.encode(Float32Array.of(-1, 0, 2)));
 * // prints Float32Array(3) [ 0, 0, 2 ]
 * ```
 */
export const activation: LayerFactory<ActivationOptions> = /* @__PURE__ */ defineLayer<
  ActivationOptions,
  ActivationCall
>({
  type: 'activation',
  rowwise: true,

  check: (o, name) => void layerOptions(name, o, { activation: keyOf(activationCodes) }),

  outputShape: (_, input) => input,

  forward(k, c, o) {
    const n = lastAxis(c.inputShape);
    k.activate(c.y, c.x, (c.rows * c.inputSize) / n, n, activationCodes[o.activation]);
  },

  backward(k, c, o) {
    if (!c.dx) return;
    const n = lastAxis(c.inputShape);
    const saved = needsInput(o.activation) ? c.x : c.y;
    const code = activationCodes[c.activationBackwardDone ? 'linear' : o.activation];
    k.activateBackward(c.dx, c.dy, saved, (c.rows * c.inputSize) / n, n, code);
  },
});
