import {
  activateBackwardOutput,
  activateOutput,
  type ConvOptions,
  checkConv,
  convWeights,
  savedFor,
} from './conv/layer.ts';
import { project, projectRoom, weightsGradient } from './conv/project.ts';
import { type Spread, spread, spreadOf, spreadRoom } from './conv/spread.ts';
import { axes, image, pair, type Window } from './conv/window.ts';
import { type Call, defineLayer, type Shape } from './layer.ts';

export type Conv2dOptions = ConvOptions;

const windowOf = (o: Conv2dOptions, input: Shape, name = 'conv2d'): Window => ({
  ...axes(o, image(input, name), name),
  c: input[2]!,
  n: o.filters,
});

/** Worked out at the first call with these sizes. */
interface Memo {
  readonly window: Window;
  readonly spread: Spread;
}

/** The window of a call, whose input shape the layer was built with. */
const memoOf = (c: Call, o: Conv2dOptions): Memo => {
  c.memo ??= { window: windowOf(o, c.inputShape), spread: spreadOf(windowOf(o, c.inputShape)) };
  return c.memo as Memo;
};

/**
 * Two-dimensional convolution, channels last: activation(x * kernel + bias), kernel `[height, width, channels,
 * filters]` as in Keras. `[height, width, channels]` becomes `[.., .., filters]`. Errors: TypeError, RangeError on
 * wrong options, or when the window does not fit into the input.
 */
export const conv2d = /* @__PURE__ */ defineLayer<Conv2dOptions>({
  type: 'conv2d',
  check: checkConv,

  shape(o, input, name) {
    const { y, x } = windowOf(o, input, name);
    return [y.small, x.small, o.filters];
  },

  weights(o, input) {
    const [kh, kw] = pair(o.kernelSize);
    const c = input[2]!;
    return convWeights(o, [kh, kw, c, o.filters], kh * kw * c, kh * kw * o.filters, o.filters);
  },

  saved(o, input, rows) {
    const { y, x } = windowOf(o, input);
    return savedFor(o.activation, rows * y.small * x.small * o.filters);
  },

  workspace(o, input, rows) {
    const window = windowOf(o, input);
    return Math.max(projectRoom(window, 0, rows).bytes, spreadRoom(spreadOf(window), 0, rows).bytes);
  },

  forward(k, c, o) {
    const relu = o.activation === 'relu' ? 1 : 0;
    const { window } = memoOf(c, o);
    const room = projectRoom(window, c.workspace, c.rows);
    project(k, window, room, c.saved || c.y, c.x, c.weights[0]!, c.weights[1] ?? 0, relu, c.rows, c.scratch);
    if (!relu) activateOutput(k, c, o.activation, o.filters);
  },

  backward(k, c, o) {
    const memo = memoOf(c, o);
    const { window } = memo;
    activateBackwardOutput(k, c, o.activation, o.filters, c.gradients[1]);
    weightsGradient(k, window, projectRoom(window, c.workspace, c.rows), c.gradients[0]!, c.x, c.dy, c.rows, c.scratch);
    if (!c.dx) return;
    const room = spreadRoom(memo.spread, c.workspace, c.rows);
    spread(k, memo.spread, room, c.dx, c.dy, c.weights[0]!, 0, 0, c.rows, c.scratch);
  },
});
