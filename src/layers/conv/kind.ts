// What all convolutions over all channels do with their windows, forward and backward, in either direction.

import type { Kernels } from '../../wasm/kernels.ts';
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

/** A convolution from the big side to the small one, as conv2d; or `back`, as conv2dTranspose. */
export const convolution = <O extends Options>(own: Own<O>, windowOf: WindowOf<O>, back = false): LayerKind<O> => {
  /** What comes out of a pass, in the layer's direction or for its gradient in the other one. */
  const pass = (k: Kernels, c: Call, s: Spread, toBig: boolean, y: number, x: number, bias: number, relu: number) => {
    const [weights, { rows, workspace, scratch }] = [c.weights[0]!, c];
    if (toBig) spread(k, s, spreadRoom(s, workspace, rows), y, x, weights, bias, relu, rows, scratch);
    else project(k, s.window, projectRoom(s.window, workspace, rows), y, x, weights, bias, relu, rows, scratch);
  };
  return {
    ...own,
    module: convolutionModule,

    saved(o, input, rows) {
      const { y, x } = windowOf(o, input);
      return savedFor(o.activation, rows * (back ? y.big * x.big : y.small * x.small) * o.filters);
    },

    workspace: (o, input, rows) => roomOf(windowOf(o, input), rows),

    forward(k, c, o) {
      const relu = o.activation === 'relu' ? 1 : 0;
      pass(k, c, memoOf(c, o, windowOf), back, c.saved || c.y, c.x, c.weights[1] ?? 0, relu);
      if (!relu) activateOutput(k, c, o.activation, o.filters);
    },

    backward(k, c, o) {
      const s = memoOf(c, o, windowOf);
      activateBackwardOutput(k, c, o.activation, o.filters, c.gradients[1]);
      const room = projectRoom(s.window, c.workspace, c.rows);
      const [big, small] = back ? [c.dy, c.x] : [c.x, c.dy];
      weightsGradient(k, s.window, room, c.gradients[0]!, big, small, c.rows, c.scratch);
      if (c.dx) pass(k, c, s, !back, c.dx, c.dy, 0, 0);
    },
  };
};
