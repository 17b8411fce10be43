// Convolutions over all channels, of images and of signals, and transposed.

import { type Shape, sizeOf } from '../../core/shape.ts';
import { integerWithin, layerOptions } from '../../core/validate.ts';
import type { ActivationCall } from '../../engine/layer-call.ts';
import type { GradientParts, LayerDefinition } from '../../engine/layer-definition.ts';
import type { Address, Kernels } from '../../wasm/kernels.ts';
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
import { convForward, planForward } from './forward.ts';
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

  const plans = new WeakMap<ConvOptions, { readonly input: Shape; readonly plan: TransposePlan }>();

  /** The plan of a layer, stored for its last input shape: a plan takes 2 µs, and a call of the model needs it twice. */
  const plan = (o: ConvOptions, input: Shape): TransposePlan => {
    let known = plans.get(o);
    if (known?.input !== input) {
      known = { input, plan: planTranspose(geometryOf(o, input)) };
      plans.set(o, known);
    }
    return known.plan;
  };

  const outputShape = (o: ConvOptions, input: Shape, name?: string): Shape => {
    const { y, x } = geometryOf(o, input, name);
    const [h, w] = transposed ? [y.inputSize, x.inputSize] : [y.outputSize, x.outputSize];
    return signal ? [w, o.filters] : [h, w, o.filters];
  };

  /** Writes the gradients of the weights, unless `dw` is 0, and of the input, unless `dx` is 0. */
  function gradients(k: Kernels, c: ConvCall, dw: Address, dx: Address): void {
    const { plan, workspace, x, dy, rows, scratch, reluInput } = c;
    const kernel = c.weights[0]!;
    const mask = reluInput ? x : 0;
    if (transposed) {
      const buffers = planForward(plan.window, workspace, rows);
      convForward(k, plan.window, buffers, dy, dw, x, dx, kernel, 0, mask, 0, rows, scratch);
      return;
    }
    if (dw) {
      const buffers = planForward(plan.window, workspace, rows);
      convForward(k, plan.window, buffers, x, dw, dy, 0, 0, 0, 0, 0, rows, scratch);
    }
    if (dx) {
      const buffers = planTransposeWorkspace(plan, workspace, rows);
      convTranspose(k, plan, buffers, dx, dy, kernel, 0, mask, 0, rows, scratch);
    }
  }

  const gradientParts: GradientParts<ConvOptions, ConvCall> = {
    activationGradient: (k, c, o) => activationGradient(k, c, o, o.filters),

    weightGradients(k, c, o) {
      biasGradient(k, c, o.filters, c.gradients[1]);
      gradients(k, c, c.gradients[0]!, 0);
    },

    inputGradient: (k, c) => gradients(k, c, 0, c.dx),
  };

  return {
    type,
    module: convolutionModule,
    rowwise: true,
    outputShape,
    plan,
    gradientParts,
    fusesReluGradient: true,

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
      const { plan, workspace, x, rows, scratch } = c;
      const { window } = plan;
      const relu = o.activation === 'relu' ? 1 : 0;
      const z = c.saved || c.y;
      const [kernel, bias = 0] = c.weights as [number, number?];
      if (transposed) {
        const buffers = planTransposeWorkspace(plan, workspace, rows);
        convTranspose(k, plan, buffers, z, x, kernel, bias, 0, relu, rows, scratch);
      } else {
        convForward(k, window, planForward(window, workspace, rows), x, 0, 0, z, kernel, bias, 0, relu, rows, scratch);
      }
      if (!relu) activateOutput(k, c, o, o.filters, z);
    },

    // The same as the parts, except that both gradients of a transposed convolution share the padded samples.
    backward(k, c, o) {
      activationGradient(k, c, o, o.filters);
      biasGradient(k, c, o.filters, c.gradients[1]);
      gradients(k, c, c.gradients[0]!, c.dx);
    },
  };
};
