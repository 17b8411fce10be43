// What all convolutions over all channels do with their windows, forward and backward, in either direction.

import { fields, integers } from '../../core/validate.ts';
import { type Call, type LayerKind, type Shape, sizeOf } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { convolutionModule } from '../../wasm/modules.ts';
import {
  activateBackwardOutput,
  activateOutput,
  kernelAndBias,
  savedFor,
  type WeightedOptions,
  weighted,
} from '../kernel-layer.ts';
import { project, projectRoom, weightsGradient } from './forward.ts';
import { axes, type Window, type WindowOptions, windowed } from './geometry.ts';
import { type Spread, spread, spreadOf, spreadRoom } from './transpose.ts';

/** Options of a convolution with filters over all channels. */
export interface ConvOptions extends WindowOptions, WeightedOptions {
  /** Channels that come out, 1..65536. */
  readonly filters: number;
}

/** From the big side to the small one, or `transposed` back, over images or signals. */
export const convolution = (type: string, signal: boolean, transposed: boolean): LayerKind<ConvOptions> => {
  const windowOf = (o: ConvOptions, input: Shape, name = type): Window => {
    const { y, x, channels } = axes(o, input, name, signal, transposed);
    return { y, x, c: transposed ? o.filters : channels, n: transposed ? channels : o.filters };
  };

  const shape = (o: ConvOptions, input: Shape, name?: string): Shape => {
    const { y, x } = windowOf(o, input, name);
    const [h, w] = transposed ? [y.big, x.big] : [y.small, x.small];
    return signal ? [w, o.filters] : [h, w, o.filters];
  };

  /** The window of a call and its phases, worked out at the first. */
  const spreadFor = (c: Call, o: ConvOptions): Spread => {
    c.memo ??= spreadOf(windowOf(o, c.inputShape));
    return c.memo as Spread;
  };

  /** `to` = `from` through the windows, to the big side or to the small one. */
  function through(k: Kernels, c: Call, s: Spread, toBig: boolean, to: number, from: number, bias = 0, relu = 0): void {
    const { workspace, rows, scratch } = c;
    const kernel = c.weights[0]!;
    if (toBig) spread(k, s, spreadRoom(s, workspace, rows), to, from, kernel, bias, relu, rows, scratch);
    else project(k, s.window, projectRoom(s.window, workspace, rows), to, from, kernel, bias, relu, rows, scratch);
  }

  return {
    type,
    module: convolutionModule,
    shape,

    check: (o, name) => fields(name, o, { filters: integers(1, 65536), ...windowed(signal), ...weighted() }),

    weights(o, input) {
      const { y, x, c, n } = windowOf(o, input);
      const specs = kernelAndBias(o, signal ? [x.kernel, c, n] : [y.kernel, x.kernel, c, n], o.filters);
      return transposed ? specs.map((w) => ({ ...w, fanIn: w.fanOut, fanOut: w.fanIn })) : specs;
    },

    saved: (o, input, rows) => savedFor(o, rows * sizeOf(shape(o, input))),

    workspace(o, input, rows) {
      const s = spreadOf(windowOf(o, input));
      return Math.max(projectRoom(s.window, 0, rows).bytes, spreadRoom(s, 0, rows).bytes);
    },

    forward(k, c, o) {
      const relu = o.activation === 'relu' ? 1 : 0;
      const z = c.saved || c.y;
      through(k, c, spreadFor(c, o), transposed, z, c.x, c.weights[1], relu);
      if (!relu) activateOutput(k, c, o, o.filters, z);
    },

    backward(k, c, o) {
      const s = spreadFor(c, o);
      activateBackwardOutput(k, c, o, o.filters, c.gradients[1]);
      const [big, small] = transposed ? [c.dy, c.x] : [c.x, c.dy];
      const room = projectRoom(s.window, c.workspace, c.rows);
      weightsGradient(k, s.window, room, c.gradients[0]!, big, small, c.rows, c.scratch);
      if (c.dx) through(k, c, s, !transposed, c.dx, c.dy);
    },
  };
};
