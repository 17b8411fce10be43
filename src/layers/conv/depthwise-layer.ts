// Convolutions of single channels, alone or with a product over the channels behind.

import { fields, integers, maybe } from '../../core/validate.ts';
import { align } from '../../engine/graph.ts';
import type { Call, LayerKind, Shape } from '../../engine/layer-definition.ts';
import { convolutionModule } from '../../wasm/modules.ts';
import { activateBackwardOutput, activateOutput, kernelAndBias, savedFor, weighted } from '../kernel-layer.ts';
import { depthwiseBackward, depthwiseForward, depthwiseRoom } from './depthwise.ts';
import { axes, type Window, windowed } from './geometry.ts';
import type { ConvOptions } from './layer.ts';

interface Options extends ConvOptions {
  readonly depthMultiplier?: number;
}

/** What depthwise and separable convolutions are: the second have a product behind, with `filters`. */
export const channelwise = (type: string, separable: boolean): LayerKind<Options> => {
  const windowOf = (o: Options, input: Shape, name = type): Window => {
    const { y, x, channels } = axes(o, input, name);
    return { y, x, c: channels, n: channels * (o.depthMultiplier ?? 1) };
  };

  const unitsOf = (o: Options, window: Window): number => (separable ? o.filters : window.n);

  /** Window, room, places and channels of a call, and where lie: z; what the windows put out, which is z where no product follows; its gradient. */
  function parts(c: Call, o: Options) {
    c.memo ??= windowOf(o, c.inputShape);
    const window = c.memo as Window;
    const room = depthwiseRoom(window, c.workspace, c.rows);
    const units = unitsOf(o, window);
    const behind = c.workspace + align(room.bytes);
    // While training, what lies between the halves stands behind what the activation needs.
    const kept = c.saved && savedFor(o, c.rows * c.outputSize) * 4;
    const z = kept ? c.saved : c.y;
    const middle = c.saved ? c.saved + align(kept) : behind;
    const places = (c.rows * c.outputSize) / units;
    return { window, room, units, places, z, middle: separable ? middle : z, dMiddle: separable ? behind : c.dy };
  }

  return {
    type,
    module: convolutionModule,

    check: (o, name) =>
      fields(name, o, {
        ...(separable && { filters: integers(1, 65536) }),
        depthMultiplier: maybe(integers(1, 4096)),
        ...windowed(false),
        ...weighted(),
      }),

    shape(o, input, name) {
      const window = windowOf(o, input, name);
      return [window.y.small, window.x.small, unitsOf(o, window)];
    },

    weights(o, input) {
      const window = windowOf(o, input);
      const { y, x, c, n } = window;
      const units = unitsOf(o, window);
      const [kernel, ...bias] = kernelAndBias(o, [y.kernel, x.kernel, c, n / c], units);
      if (!separable) return [kernel!, ...bias];
      const [pointwise] = kernelAndBias(o, [1, 1, n, units], units);
      return [{ ...kernel!, name: 'depthwiseKernel' }, { ...pointwise!, name: 'pointwiseKernel' }, ...bias];
    },

    saved(o, input, rows) {
      const window = windowOf(o, input);
      const places = rows * window.y.small * window.x.small;
      return savedFor(o, places * unitsOf(o, window)) + (separable ? places * window.n + 4 : 0);
    },

    workspace(o, input, rows) {
      const window = windowOf(o, input);
      const { bytes } = depthwiseRoom(window, 0, rows);
      return align(bytes) + (separable ? rows * window.y.small * window.x.small * window.n * 4 : 0);
    },

    forward(k, c, o) {
      const { window, room, units, places, z, middle } = parts(c, o);
      const [depthwise, second = 0, bias = 0] = c.weights as [number, number?, number?];
      depthwiseForward(k, window, room, middle, c.x, depthwise, separable ? 0 : second, c.rows);
      if (separable) k.gemm(z, middle, second, bias, places, units, window.n, 0, c.scratch);
      activateOutput(k, c, o, units, z);
    },

    backward(k, c, o) {
      const { window, room, units, places, z, middle, dMiddle } = parts(c, o);
      const [depthwise, pointwise] = c.weights as [number, number];
      activateBackwardOutput(k, c, o, units, c.gradients[separable ? 2 : 1], z);
      if (separable) {
        k.gemmTN(c.gradients[1]!, middle, c.dy, window.n, units, places, 0, c.scratch);
        k.gemmNT(dMiddle, c.dy, pointwise, places, window.n, units, 0, c.scratch);
      }
      depthwiseBackward(k, window, room, c.dx, c.gradients[0]!, dMiddle, c.x, depthwise, c.rows);
    },
  };
};
