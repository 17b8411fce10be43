import { fields, integers, maybe } from '../check.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { depthwiseBackward, depthwiseForward, depthwiseRoom, depthwiseWindow, windowAt } from './conv/depthwise.ts';
import {
  activateBackwardOutput,
  activateOutput,
  type ConvOptions,
  convChecks,
  convWeights,
  savedFor,
} from './conv/layer.ts';
import { defineLayer, type LayerFactory } from './layer.ts';

export interface DepthwiseConv2dOptions extends Omit<ConvOptions, 'filters'> {
  /** Channels that come out for each that comes in. Default 1. */
  readonly depthMultiplier?: number;
}

/**
 * Every channel convolved with windows of its own, kernel `[height, width, channels, depthMultiplier]` as in Keras.
 * `[height, width, channels]` becomes `[.., .., channels · depthMultiplier]`. Errors: as `conv2d`.
 */
export const depthwiseConv2d: LayerFactory<DepthwiseConv2dOptions> = /* @__PURE__ */ defineLayer({
  type: 'depthwiseConv2d',
  module: convolutionModule,

  check: (o, name) => void fields(name, o, { ...convChecks(), depthMultiplier: maybe(integers(1, 4096)) }),

  shape(o, input, name) {
    const { y, x, n } = depthwiseWindow(o, input, name);
    return [y.small, x.small, n];
  },

  weights(o, input) {
    const { y, x, c, n } = depthwiseWindow(o, input);
    const taps = y.kernel * x.kernel;
    return convWeights(o, [y.kernel, x.kernel, c, n / c], taps * c, (taps * n) / c, n);
  },

  saved(o, input, rows) {
    const { y, x, n } = depthwiseWindow(o, input);
    return savedFor(o.activation, rows * y.small * x.small * n);
  },

  workspace: (o, input, rows) => depthwiseRoom(depthwiseWindow(o, input), 0, rows).bytes,

  forward(k, c, o) {
    const window = windowAt(c, o);
    const room = depthwiseRoom(window, c.workspace, c.rows);
    depthwiseForward(k, window, room, c.saved || c.y, c.x, c.weights[0]!, c.weights[1] ?? 0, c.rows);
    activateOutput(k, c, o.activation, window.n);
  },

  backward(k, c, o) {
    const window = windowAt(c, o);
    const room = depthwiseRoom(window, c.workspace, c.rows);
    activateBackwardOutput(k, c, o.activation, window.n, c.gradients[1]);
    depthwiseBackward(k, window, room, c.dx, c.gradients[0]!, c.dy, c.x, c.weights[0]!, c.rows);
  },
});
