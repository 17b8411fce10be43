// Convolutions of single channels, alone or with a product over the channels behind.

import type { Shape } from '../../core/shape.ts';
import { integerWithin, layerOptions, optional } from '../../core/validate.ts';
import type { LayerCall, LayerDefinition } from '../../engine/layer-definition.ts';
import { align } from '../../wasm/memory-size.ts';
import { convolutionModule } from '../../wasm/modules.ts';
import { activateOutput, activateOutputBackward, kernelAndBias, kernelOptions, savedValues } from '../kernel-layer.ts';
import { depthwiseBackward, depthwiseForward, planDepthwise } from './depthwise.ts';
import { type ConvGeometry, convAxes, windowOptions } from './geometry.ts';
import type { ConvOptions } from './layer.ts';

interface DepthwiseOptions extends ConvOptions {
  readonly depthMultiplier?: number;
}

/** What depthwise and separable convolutions are: the second have a product behind, with `filters`. */
export const defineDepthwise = (type: string, separable: boolean): LayerDefinition<DepthwiseOptions> => {
  const windowOf = (o: DepthwiseOptions, input: Shape, name = type): ConvGeometry => {
    const { y, x, channels } = convAxes(o, input, name);
    return { y, x, inputChannels: channels, outputChannels: channels * (o.depthMultiplier ?? 1) };
  };

  const unitsOf = (o: DepthwiseOptions, window: ConvGeometry): number =>
    separable ? o.filters : window.outputChannels;

  /** Window, room, places and channels of a call, and where lie: z; what the windows put out, which is z where no product follows; its gradient. */
  function planCall(c: LayerCall, o: DepthwiseOptions) {
    c.memo ??= windowOf(o, c.inputShape);
    const window = c.memo as ConvGeometry;
    const room = planDepthwise(window, c.workspace, c.rows);
    const units = unitsOf(o, window);
    const behind = c.workspace + align(room.bytes);
    // While training, what lies between the halves stands behind what the activation needs.
    const kept = c.saved && savedValues(o, c.rows * c.outputSize) * 4;
    const z = kept ? c.saved : c.y;
    const middle = c.saved ? c.saved + align(kept) : behind;
    const places = (c.rows * c.outputSize) / units;
    return { window, room, units, places, z, middle: separable ? middle : z, dMiddle: separable ? behind : c.dy };
  }

  return {
    type,
    module: convolutionModule,

    check: (o, name) =>
      layerOptions(name, o, {
        ...(separable && { filters: integerWithin(1, 65536) }),
        depthMultiplier: optional(integerWithin(1, 4096)),
        ...windowOptions(false),
        ...kernelOptions(),
      }),

    outputShape(o, input, name) {
      const window = windowOf(o, input, name);
      return [window.y.outputSize, window.x.outputSize, unitsOf(o, window)];
    },

    weights(o, input) {
      const window = windowOf(o, input);
      const { y, x, inputChannels, outputChannels } = window;
      const units = unitsOf(o, window);
      const [kernel, ...bias] = kernelAndBias(
        o,
        [y.kernel, x.kernel, inputChannels, outputChannels / inputChannels],
        units,
      );
      if (!separable) return [kernel!, ...bias];
      const [pointwise] = kernelAndBias(o, [1, 1, outputChannels, units], units);
      return [{ ...kernel!, name: 'depthwiseKernel' }, { ...pointwise!, name: 'pointwiseKernel' }, ...bias];
    },

    saved(o, input, rows) {
      const window = windowOf(o, input);
      const places = rows * window.y.outputSize * window.x.outputSize;
      return savedValues(o, places * unitsOf(o, window)) + (separable ? places * window.outputChannels + 4 : 0);
    },

    workspace(o, input, rows) {
      const window = windowOf(o, input);
      const { bytes } = planDepthwise(window, 0, rows);
      return (
        align(bytes) + (separable ? rows * window.y.outputSize * window.x.outputSize * window.outputChannels * 4 : 0)
      );
    },

    forward(k, c, o) {
      const { window, room, units, places, z, middle } = planCall(c, o);
      const [depthwise, second = 0, bias = 0] = c.weights as [number, number?, number?];
      depthwiseForward(k, window, room, middle, c.x, depthwise, separable ? 0 : second, c.rows);
      if (separable) k.gemm(z, middle, second, bias, places, units, window.outputChannels, 0, c.scratch);
      activateOutput(k, c, o, units, z);
    },

    backward(k, c, o) {
      const { window, room, units, places, z, middle, dMiddle } = planCall(c, o);
      const [depthwise, pointwise] = c.weights as [number, number];
      activateOutputBackward(k, c, o, units, c.gradients[separable ? 2 : 1], z);
      if (separable) {
        k.gemmTN(c.gradients[1]!, middle, c.dy, window.outputChannels, units, places, 0, c.scratch);
        k.gemmNT(dMiddle, c.dy, pointwise, places, window.outputChannels, units, 0, c.scratch);
      }
      depthwiseBackward(k, window, room, c.dx, c.gradients[0]!, dMiddle, c.x, depthwise, c.rows);
    },
  };
};
