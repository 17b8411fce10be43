import { wrongValue } from '../errors.ts';
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
import { axis, type Window } from './conv/window.ts';
import { type Call, defineLayer, type Shape } from './layer.ts';

export interface Conv1dOptions extends Omit<ConvOptions, 'kernelSize' | 'strides' | 'dilationRate'> {
  /** Length of the window. */
  readonly kernelSize: number;
  /** Default 1. */
  readonly strides?: number;
  /** Default 1. */
  readonly dilationRate?: number;
}

/** An image of one line. */
function windowOf(o: Conv1dOptions, input: Shape, name = 'conv1d'): Window {
  if (input.length !== 2) throw wrongValue(name, 'an input of [length, channels]', input);
  const [length, c] = input as [number, number];
  const x = axis(length, o.kernelSize, o.strides ?? 1, o.dilationRate ?? 1, o.padding ?? 'valid');
  if (x.small < 1)
    throw wrongValue(name, `an input of at least ${(o.kernelSize - 1) * (o.dilationRate ?? 1) + 1}`, length);
  return { y: axis(1, 1, 1, 1, 'valid'), x, c, n: o.filters };
}

const memoOf = (c: Call, o: Conv1dOptions): Spread => {
  c.memo ??= spreadOf(windowOf(o, c.inputShape));
  return c.memo as Spread;
};

/**
 * One-dimensional convolution, channels last, kernel `[length, channels, filters]` as in Keras. `[length, channels]`
 * becomes `[.., filters]`. Errors: as `conv2d`.
 */
export const conv1d = /* @__PURE__ */ defineLayer<Conv1dOptions>({
  type: 'conv1d',

  check(o, name) {
    for (const key of ['kernelSize', 'strides', 'dilationRate'] as const) {
      if (Array.isArray(o[key])) throw wrongValue(`${name}.${key}`, 'one number', o[key]);
    }
    checkConv(o, name);
  },

  shape: (o, input, name) => [windowOf(o, input, name).x.small, o.filters],

  weights(o, input) {
    const c = input[1]!;
    return convWeights(o, [o.kernelSize, c, o.filters], o.kernelSize * c, o.kernelSize * o.filters, o.filters);
  },

  saved: (o, input, rows) => savedFor(o.activation, rows * windowOf(o, input).x.small * o.filters),

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
    const s = memoOf(c, o);
    activateBackwardOutput(k, c, o.activation, o.filters, c.gradients[1]);
    const room = projectRoom(s.window, c.workspace, c.rows);
    weightsGradient(k, s.window, room, c.gradients[0]!, c.x, c.dy, c.rows, c.scratch);
    if (c.dx) spread(k, s, spreadRoom(s, c.workspace, c.rows), c.dx, c.dy, c.weights[0]!, 0, 0, c.rows, c.scratch);
  },
});
