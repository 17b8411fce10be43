// Convolutions of each channel by itself, alone or followed by a product over the channels.

import type { Shape } from '../../core/shape.ts';
import { integerWithin, layerOptions, optional } from '../../core/validate.ts';
import type { ActivationCall } from '../../engine/layer-call.ts';
import type { LayerDefinition } from '../../engine/layer-definition.ts';
import { align } from '../../wasm/memory-size.ts';
import { convolutionModule } from '../../wasm/modules.ts';
import {
  activateOutput,
  activationGradient,
  biasGradient,
  kernelAndBias,
  kernelOptions,
  savedValues,
} from '../kernel-layer.ts';
import { depthwiseBackward, depthwiseForward, planDepthwise } from './depthwise.ts';
import { type ConvGeometry, convAxes, windowOptions } from './geometry.ts';
import type { ConvOptions } from './layer.ts';

interface DepthwiseOptions extends ConvOptions {
  readonly depthMultiplier?: number;
}

interface DepthwiseCall extends ActivationCall {
  readonly plan: ConvGeometry;
}

interface DepthwiseKind {
  readonly type: string;
  /** A product over the channels, with `filters`, follows the depthwise convolution. */
  readonly separable: boolean;
}

export const defineDepthwise = ({
  type,
  separable,
}: DepthwiseKind): LayerDefinition<DepthwiseOptions, DepthwiseCall> => {
  const plan = (o: DepthwiseOptions, input: Shape, name = type): ConvGeometry => {
    const { y, x, channels } = convAxes(o, input, name);
    return { y, x, inputChannels: channels, outputChannels: channels * (o.depthMultiplier ?? 1) };
  };

  const unitsOf = (o: DepthwiseOptions, window: ConvGeometry): number =>
    separable ? o.filters : window.outputChannels;

  /**
   * Geometry, workspace, positions and channels of a call, and the addresses of z (the input of the activation), `middle` (the
   * output of the depthwise convolution; z without a product) and its gradient.
   */
  function planCall(c: DepthwiseCall, o: DepthwiseOptions) {
    const window = c.plan;
    const workspace = planDepthwise(window, c.workspace, c.rows);
    const units = unitsOf(o, window);
    const afterWorkspace = c.workspace + align(workspace.bytes);
    // In training, `middle` follows the values that the activation needs.
    const activationBytes = c.saved && savedValues(o, c.rows * c.outputSize) * 4;
    const z = activationBytes ? c.saved : c.y;
    const middle = c.saved ? c.saved + align(activationBytes) : afterWorkspace;
    const positions = (c.rows * c.outputSize) / units;
    const separated = { middle, dMiddle: afterWorkspace };
    return { window, workspace, units, positions, z, ...(separable ? separated : { middle: z, dMiddle: c.dy }) };
  }

  return {
    type,
    // The layer with a product saves two blocks, one after the other.
    rowwise: !separable,
    meansOfRows: () => true,
    module: convolutionModule,
    plan,

    check: (o, name) =>
      layerOptions(name, o, {
        ...(separable && { filters: integerWithin(1, 65536) }),
        depthMultiplier: optional(integerWithin(1, 4096)),
        ...windowOptions(false),
        ...kernelOptions(),
      }),

    outputShape(o, input, name) {
      const window = plan(o, input, name);
      return [window.y.outputSize, window.x.outputSize, unitsOf(o, window)];
    },

    weights(o, input) {
      const window = plan(o, input);
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
      const window = plan(o, input);
      const positions = rows * window.y.outputSize * window.x.outputSize;
      return savedValues(o, positions * unitsOf(o, window)) + (separable ? positions * window.outputChannels + 4 : 0);
    },

    workspace(o, input, rows) {
      const window = plan(o, input);
      const { bytes } = planDepthwise(window, 0, rows);
      return (
        align(bytes) + (separable ? rows * window.y.outputSize * window.x.outputSize * window.outputChannels * 4 : 0)
      );
    },

    forward(k, c, o) {
      const { window, workspace, units, positions, z, middle } = planCall(c, o);
      const [depthwise, second = 0, bias = 0] = c.weights as [number, number?, number?];
      depthwiseForward(k, window, workspace, middle, c.x, depthwise, separable ? 0 : second, c.rows);
      if (separable) k.gemm(z, middle, second, bias, positions, units, window.outputChannels, 0, c.scratch);
      activateOutput(k, c, o, units, z);
    },

    backward(k, c, o) {
      const { window, workspace, units, positions, z, middle, dMiddle } = planCall(c, o);
      const [depthwise, pointwise] = c.weights as [number, number];
      activationGradient(k, c, o, units, z);
      biasGradient(k, c, units, c.gradients[separable ? 2 : 1]);
      if (separable) {
        k.gemmTN(
          c.gradients[1]!,
          middle,
          c.dy,
          window.outputChannels,
          units,
          positions,
          0,
          c.scratch,
          window.outputChannels,
        );
        k.gemmNT(dMiddle, c.dy, pointwise, positions, window.outputChannels, units, 0, c.scratch);
      }
      depthwiseBackward(k, window, workspace, c.dx, c.gradients[0]!, dMiddle, c.x, depthwise, c.rows);
    },
  };
};
