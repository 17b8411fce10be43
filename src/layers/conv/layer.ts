// Convolutions over all channels, of images and of signals, and transposed.

import { type Shape, sizeOf } from '../../core/shape.ts';
import { integerWithin, layerOptions } from '../../core/validate.ts';
import type { ActivationCall } from '../../engine/layer-call.ts';
import { backwardOf, type GradientParts, type LayerDefinition } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { convolutionModule } from '../../wasm/modules.ts';
import {
  activateOutput,
  activationGradient,
  biasGradient,
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
  /** Number of output channels, 1..65536. */
  readonly filters: number;
}

interface ConvCall extends ActivationCall {
  readonly plan: TransposePlan;
}

interface ConvKind {
  readonly type: string;
  /** Over signals instead of images. */
  readonly signal?: boolean;
  readonly transposed?: boolean;
}

/** From the input of the convolution to its output, or `transposed` from its output to its input. */
export const defineConvolution = ({
  type,
  signal = false,
  transposed = false,
}: ConvKind): LayerDefinition<ConvOptions, ConvCall> => {
  const geometryOf = (o: ConvOptions, input: Shape, name = type): ConvGeometry => {
    const { y, x, channels } = convAxes(o, input, name, signal, transposed);
    return {
      y,
      x,
      inputChannels: transposed ? o.filters : channels,
      outputChannels: transposed ? channels : o.filters,
    };
  };

  const plan = (o: ConvOptions, input: Shape): TransposePlan => planTranspose(geometryOf(o, input));

  const outputShape = (o: ConvOptions, input: Shape, name?: string): Shape => {
    const { y, x } = geometryOf(o, input, name);
    const [h, w] = transposed ? [y.inputSize, x.inputSize] : [y.outputSize, x.outputSize];
    return signal ? [w, o.filters] : [h, w, o.filters];
  };

  /** `to` = `from` through the windows; `toInput`: from the convolution's output to its input. */
  function apply(k: Kernels, c: ConvCall, toInput: boolean, to: number, from: number, bias = 0, relu = 0): void {
    const { plan, workspace, rows, scratch } = c;
    const { window } = plan;
    const kernel = c.weights[0]!;
    if (toInput) {
      const buffers = planTransposeWorkspace(plan, workspace, rows);
      convTranspose(k, plan, buffers, to, from, kernel, bias, relu, rows, scratch);
    } else {
      convForward(k, window, planForward(window, workspace, rows), to, from, kernel, bias, relu, rows, scratch);
    }
  }

  const gradientParts: GradientParts<ConvOptions, ConvCall> = {
    activationGradient: (k, c, o) => activationGradient(k, c, o, o.filters),

    weightGradients(k, c, o) {
      const { window } = c.plan;
      biasGradient(k, c, o.filters, c.gradients[1]);
      const [input, output] = transposed ? [c.dy, c.x] : [c.x, c.dy];
      const workspace = planForward(window, c.workspace, c.rows);
      convWeightsGradient(k, window, workspace, c.gradients[0]!, input, output, c.rows, c.scratch);
    },

    inputGradient: (k, c) => apply(k, c, !transposed, c.dx, c.dy),
  };

  return {
    type,
    module: convolutionModule,
    rowwise: true,
    outputShape,
    plan,
    gradientParts,
    backward: backwardOf(gradientParts),

    check: (o, name) =>
      layerOptions(name, o, { filters: integerWithin(1, 65536), ...windowOptions(signal), ...kernelOptions() }),

    weights(o, input) {
      const { y, x, inputChannels, outputChannels } = geometryOf(o, input);
      const size = signal ? [x.kernel] : [y.kernel, x.kernel];
      const specs = kernelAndBias(o, [...size, inputChannels, outputChannels], o.filters);
      return transposed ? specs.map((w) => ({ ...w, fanIn: w.fanOut, fanOut: w.fanIn })) : specs;
    },

    saved: (o, input, rows) => savedValues(o, rows * sizeOf(outputShape(o, input))),

    workspace(o, input, rows) {
      const s = plan(o, input);
      return Math.max(planForward(s.window, 0, rows).bytes, planTransposeWorkspace(s, 0, rows).bytes);
    },

    forward(k, c, o) {
      const relu = o.activation === 'relu' ? 1 : 0;
      const z = c.saved || c.y;
      apply(k, c, transposed, z, c.x, c.weights[1], relu);
      if (!relu) activateOutput(k, c, o, o.filters, z);
    },
  };
};
