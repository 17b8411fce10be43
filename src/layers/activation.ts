import { keyOf, layerOptions } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/layer-definition.ts';
import { type Activation, activationCodes, needsInput } from './activations.ts';

export interface ActivationOptions {
  readonly activation: Activation;
}

/** An activation as a layer of its own; `softmax` runs over the last axis. */
export const activation: LayerFactory<ActivationOptions> = /* @__PURE__ */ defineLayer({
  type: 'activation',

  check: (o, name) => void layerOptions(name, o, { activation: keyOf(activationCodes) }),

  outputShape: (_, input) => input,

  forward(k, c, o) {
    const n = c.inputShape[c.inputShape.length - 1]!;
    k.activate(c.y, c.x, (c.rows * c.inputSize) / n, n, activationCodes[o.activation]);
  },

  backward(k, c, o) {
    if (!c.dx) return;
    const n = c.inputShape[c.inputShape.length - 1]!;
    const rows = (c.rows * c.inputSize) / n;
    const kept = needsInput(o.activation) ? c.x : c.y;
    // Where the loss went before the activation already, its gradient passes as it is.
    k.activateBackward(
      c.dx,
      c.dy,
      kept,
      rows,
      n,
      c.lossFusedWithActivation ? activationCodes.linear : activationCodes[o.activation],
    );
  },
});
