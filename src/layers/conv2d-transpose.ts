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
import { image, pair, transposedAxes, type Window } from './conv/window.ts';
import { type Call, defineLayer, type Shape } from './layer.ts';

export type Conv2dTransposeOptions = ConvOptions;

/** The input is the small side, the output the big one. */
const windowOf = (o: Conv2dTransposeOptions, input: Shape, name = 'conv2dTranspose'): Window => ({
  ...transposedAxes(o, image(input, name)),
  c: o.filters,
  n: input[2]!,
});

interface Memo {
  readonly window: Window;
  readonly spread: Spread;
}

const memoOf = (c: Call, o: Conv2dTransposeOptions): Memo => {
  c.memo ??= { window: windowOf(o, c.inputShape), spread: spreadOf(windowOf(o, c.inputShape)) };
  return c.memo as Memo;
};

/**
 * Transposed convolution, channels last, kernel `[height, width, filters, channels]` as in Keras. With `same` an
 * axis becomes size · stride, with `valid` size · stride + max(kernel - stride, 0). Errors: as `conv2d`.
 */
export const conv2dTranspose = /* @__PURE__ */ defineLayer<Conv2dTransposeOptions>({
  type: 'conv2dTranspose',
  check: checkConv,

  shape(o, input, name) {
    const { y, x } = windowOf(o, input, name);
    return [y.big, x.big, o.filters];
  },

  weights(o, input) {
    const [kh, kw] = pair(o.kernelSize);
    const n = input[2]!;
    return convWeights(o, [kh, kw, o.filters, n], kh * kw * n, kh * kw * o.filters, o.filters);
  },

  saved(o, input, rows) {
    const { y, x } = windowOf(o, input);
    return savedFor(o.activation, rows * y.big * x.big * o.filters);
  },

  workspace(o, input, rows) {
    const window = windowOf(o, input);
    return Math.max(projectRoom(window, 0, rows).bytes, spreadRoom(spreadOf(window), 0, rows).bytes);
  },

  forward(k, c, o) {
    const relu = o.activation === 'relu' ? 1 : 0;
    const memo = memoOf(c, o);
    const room = spreadRoom(memo.spread, c.workspace, c.rows);
    spread(k, memo.spread, room, c.saved || c.y, c.x, c.weights[0]!, c.weights[1] ?? 0, relu, c.rows, c.scratch);
    if (!relu) activateOutput(k, c, o.activation, o.filters);
  },

  backward(k, c, o) {
    const { window } = memoOf(c, o);
    const room = projectRoom(window, c.workspace, c.rows);
    activateBackwardOutput(k, c, o.activation, o.filters, c.gradients[1]);
    weightsGradient(k, window, room, c.gradients[0]!, c.dy, c.x, c.rows, c.scratch);
    if (c.dx) project(k, window, room, c.dx, c.dy, c.weights[0]!, 0, 0, c.rows, c.scratch);
  },
});
