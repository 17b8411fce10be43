// What all convolutions over all channels do with their windows, forward and backward, in either direction.

import { convolutionModule } from '../../wasm/modules.ts';
import type { Call, LayerKind, Shape } from '../layer.ts';
import { activateBackwardOutput, activateOutput, type ConvOptions, savedFor } from './layer.ts';
import { project, projectRoom, weightsGradient } from './project.ts';
import { type Spread, spread, spreadOf, spreadRoom } from './spread.ts';
import type { Window } from './window.ts';

type Options = Pick<ConvOptions, 'filters' | 'activation'>;
/** What one kind of convolution says for itself. */
type Own<O extends Options> = Pick<LayerKind<O>, 'type' | 'check' | 'shape' | 'weights'>;
type WindowOf<O> = (options: O, input: Shape) => Window;

/** The window of a call and its phases, worked out at the first. */
function memoOf<O>(c: Call, o: O, windowOf: WindowOf<O>): Spread {
  c.memo ??= spreadOf(windowOf(o, c.inputShape));
  return c.memo as Spread;
}

const roomOf = (window: Window, rows: number): number =>
  Math.max(projectRoom(window, 0, rows).bytes, spreadRoom(spreadOf(window), 0, rows).bytes);

/** From the big side to the small one: conv1d, conv2d. */
export const projecting = <O extends Options>(own: Own<O>, windowOf: WindowOf<O>): LayerKind<O> => ({
  ...own,
  module: convolutionModule,

  saved(o, input, rows) {
    const { y, x } = windowOf(o, input);
    return savedFor(o.activation, rows * y.small * x.small * o.filters);
  },

  workspace: (o, input, rows) => roomOf(windowOf(o, input), rows),

  forward(k, c, o) {
    const relu = o.activation === 'relu' ? 1 : 0;
    const { window } = memoOf(c, o, windowOf);
    const room = projectRoom(window, c.workspace, c.rows);
    project(k, window, room, c.saved || c.y, c.x, c.weights[0]!, c.weights[1] ?? 0, relu, c.rows, c.scratch);
    if (!relu) activateOutput(k, c, o.activation, o.filters);
  },

  backward(k, c, o) {
    const s = memoOf(c, o, windowOf);
    const room = projectRoom(s.window, c.workspace, c.rows);
    activateBackwardOutput(k, c, o.activation, o.filters, c.gradients[1]);
    weightsGradient(k, s.window, room, c.gradients[0]!, c.x, c.dy, c.rows, c.scratch);
    if (c.dx) spread(k, s, spreadRoom(s, c.workspace, c.rows), c.dx, c.dy, c.weights[0]!, 0, 0, c.rows, c.scratch);
  },
});

/** From the small side to the big one: conv2dTranspose. */
export const spreading = <O extends Options>(own: Own<O>, windowOf: WindowOf<O>): LayerKind<O> => ({
  ...own,
  module: convolutionModule,

  saved(o, input, rows) {
    const { y, x } = windowOf(o, input);
    return savedFor(o.activation, rows * y.big * x.big * o.filters);
  },

  workspace: (o, input, rows) => roomOf(windowOf(o, input), rows),

  forward(k, c, o) {
    const relu = o.activation === 'relu' ? 1 : 0;
    const s = memoOf(c, o, windowOf);
    const room = spreadRoom(s, c.workspace, c.rows);
    spread(k, s, room, c.saved || c.y, c.x, c.weights[0]!, c.weights[1] ?? 0, relu, c.rows, c.scratch);
    if (!relu) activateOutput(k, c, o.activation, o.filters);
  },

  backward(k, c, o) {
    const { window } = memoOf(c, o, windowOf);
    const room = projectRoom(window, c.workspace, c.rows);
    activateBackwardOutput(k, c, o.activation, o.filters, c.gradients[1]);
    weightsGradient(k, window, room, c.gradients[0]!, c.dy, c.x, c.rows, c.scratch);
    if (c.dx) project(k, window, room, c.dx, c.dy, c.weights[0]!, 0, 0, c.rows, c.scratch);
  },
});
