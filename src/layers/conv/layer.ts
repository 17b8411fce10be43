// What all convolutions over all channels do with their windows, forward and backward, in either direction.

import { type Shape, sizeOf } from '../../core/shape.ts';
import { integerWithin, layerOptions } from '../../core/validate.ts';
import type { LayerCall, LayerDefinition } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { convolutionModule } from '../../wasm/modules.ts';
import {
  activateOutput,
  activateOutputBackward,
  type KernelOptions,
  kernelAndBias,
  kernelOptions,
  savedValues,
} from '../kernel-layer.ts';
import { convForward, convWeightsGradient, planForward } from './forward.ts';
import { type ConvGeometry, convAxes, type WindowOptions, windowOptions } from './geometry.ts';
import { convTranspose, planTranspose, planTransposeWorkspace, type TransposePlan } from './transpose.ts';

/** Options of a convolution with filters over all channels. */
export interface ConvOptions extends WindowOptions, KernelOptions {
  /** Channels that come out, 1..65536. */
  readonly filters: number;
}

/** From the big side to the small one, or `transposed` back, over images or signals. */
export const defineConvolution = (type: string, signal: boolean, transposed: boolean): LayerDefinition<ConvOptions> => {
  const windowOf = (o: ConvOptions, input: Shape, name = type): ConvGeometry => {
    const { y, x, channels } = convAxes(o, input, name, signal, transposed);
    return {
      y,
      x,
      inputChannels: transposed ? o.filters : channels,
      outputChannels: transposed ? channels : o.filters,
    };
  };

  const outputShape = (o: ConvOptions, input: Shape, name?: string): Shape => {
    const { y, x } = windowOf(o, input, name);
    const [h, w] = transposed ? [y.inputSize, x.inputSize] : [y.outputSize, x.outputSize];
    return signal ? [w, o.filters] : [h, w, o.filters];
  };

  /** The window of a call and its phases, worked out at the first. */
  const transposeFor = (c: LayerCall, o: ConvOptions): TransposePlan => {
    c.memo ??= planTranspose(windowOf(o, c.inputShape));
    return c.memo as TransposePlan;
  };

  /** `to` = `from` through the windows, to the big side or to the small one. */
  function apply(
    k: Kernels,
    c: LayerCall,
    s: TransposePlan,
    toBig: boolean,
    to: number,
    from: number,
    bias = 0,
    relu = 0,
  ): void {
    const { workspace, rows, scratch } = c;
    const kernel = c.weights[0]!;
    if (toBig)
      convTranspose(k, s, planTransposeWorkspace(s, workspace, rows), to, from, kernel, bias, relu, rows, scratch);
    else convForward(k, s.window, planForward(s.window, workspace, rows), to, from, kernel, bias, relu, rows, scratch);
  }

  return {
    type,
    module: convolutionModule,
    outputShape,

    check: (o, name) =>
      layerOptions(name, o, { filters: integerWithin(1, 65536), ...windowOptions(signal), ...kernelOptions() }),

    weights(o, input) {
      const { y, x, inputChannels, outputChannels } = windowOf(o, input);
      const specs = kernelAndBias(
        o,
        signal ? [x.kernel, inputChannels, outputChannels] : [y.kernel, x.kernel, inputChannels, outputChannels],
        o.filters,
      );
      return transposed ? specs.map((w) => ({ ...w, fanIn: w.fanOut, fanOut: w.fanIn })) : specs;
    },

    saved: (o, input, rows) => savedValues(o, rows * sizeOf(outputShape(o, input))),

    workspace(o, input, rows) {
      const s = planTranspose(windowOf(o, input));
      return Math.max(planForward(s.window, 0, rows).bytes, planTransposeWorkspace(s, 0, rows).bytes);
    },

    forward(k, c, o) {
      const relu = o.activation === 'relu' ? 1 : 0;
      const z = c.saved || c.y;
      apply(k, c, transposeFor(c, o), transposed, z, c.x, c.weights[1], relu);
      if (!relu) activateOutput(k, c, o, o.filters, z);
    },

    backward(k, c, o) {
      const s = transposeFor(c, o);
      activateOutputBackward(k, c, o, o.filters, c.gradients[1]);
      const [big, small] = transposed ? [c.dy, c.x] : [c.x, c.dy];
      const room = planForward(s.window, c.workspace, c.rows);
      convWeightsGradient(k, s.window, room, c.gradients[0]!, big, small, c.rows, c.scratch);
      if (c.dx) apply(k, c, s, !transposed, c.dx, c.dy);
    },
  };
};
