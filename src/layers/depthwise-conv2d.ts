import { integer } from '../check.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { depthwiseBackward, depthwiseForward, depthwiseRoom } from './conv/depthwise.ts';
import {
  activateBackwardOutput,
  activateOutput,
  type ConvOptions,
  checkCommon,
  convWeights,
  savedFor,
} from './conv/layer.ts';
import { axes, image, pair, type Window } from './conv/window.ts';
import { type Call, defineLayer, type LayerFactory, type Shape } from './layer.ts';

export interface DepthwiseConv2dOptions extends Omit<ConvOptions, 'filters'> {
  /** Channels that come out for each that comes in. Default 1. */
  readonly depthMultiplier?: number;
}

const windowOf = (o: DepthwiseConv2dOptions, input: Shape, name = 'depthwiseConv2d'): Window => ({
  ...axes(o, image(input, name), name),
  c: input[2]!,
  n: input[2]! * (o.depthMultiplier ?? 1),
});

const memoOf = (c: Call, o: DepthwiseConv2dOptions): Window => {
  c.memo ??= windowOf(o, c.inputShape);
  return c.memo as Window;
};

/**
 * Every channel convolved with windows of its own, kernel `[height, width, channels, depthMultiplier]` as in Keras.
 * `[height, width, channels]` becomes `[.., .., channels · depthMultiplier]`. Errors: as `conv2d`.
 */
export const depthwiseConv2d: LayerFactory<DepthwiseConv2dOptions> = /* @__PURE__ */ defineLayer({
  type: 'depthwiseConv2d',
  module: convolutionModule,

  check(o, name) {
    checkCommon(o, name, ['depthMultiplier']);
    if (o.depthMultiplier !== undefined) integer(`${name}.depthMultiplier`, o.depthMultiplier, 1, 4096);
  },

  shape(o, input, name) {
    const { y, x, n } = windowOf(o, input, name);
    return [y.small, x.small, n];
  },

  weights(o, input) {
    const [kh, kw] = pair(o.kernelSize);
    const [c, multiplier] = [input[2]!, o.depthMultiplier ?? 1];
    return convWeights(o, [kh, kw, c, multiplier], kh * kw * c, kh * kw * multiplier, c * multiplier);
  },

  saved(o, input, rows) {
    const { y, x, n } = windowOf(o, input);
    return savedFor(o.activation, rows * y.small * x.small * n);
  },

  workspace: (o, input, rows) => depthwiseRoom(windowOf(o, input), 0, rows).bytes,

  forward(k, c, o) {
    const window = memoOf(c, o);
    const room = depthwiseRoom(window, c.workspace, c.rows);
    depthwiseForward(
      k,
      window,
      o.depthMultiplier ?? 1,
      room,
      c.saved || c.y,
      c.x,
      c.weights[0]!,
      c.weights[1] ?? 0,
      c.rows,
    );
    activateOutput(k, c, o.activation, window.n);
  },

  backward(k, c, o) {
    const window = memoOf(c, o);
    const room = depthwiseRoom(window, c.workspace, c.rows);
    activateBackwardOutput(k, c, o.activation, window.n, c.gradients[1]);
    depthwiseBackward(k, window, o.depthMultiplier ?? 1, room, c.dx, c.gradients[0]!, c.dy, c.x, c.weights[0]!, c.rows);
  },
});
