// Convolutions with 8-bit weights and inputs: of images and of signals, transposed and depthwise.

import type { Shape } from '../../core/shape.ts';
import { integerWithin, layerOptions, optional } from '../../core/validate.ts';
import type { LayerDefinition } from '../../engine/layer-definition.ts';
import { integerModule } from '../../wasm/modules.ts';
import { type ConvGeometry, convAxes, type WindowOptions, windowOptions } from '../conv/geometry.ts';
import {
  checkProducts,
  integerInput,
  linkIntegers,
  noBackward,
  outputForm,
  type QuantizedCall,
  type QuantizedLayerOptions,
  quantizedOptions,
  quantizedWeights,
  weightAddresses,
} from './quantized-layer.ts';
import { panelStorage } from './weight-storage.ts';
import { planDepthwiseWindows, planTransposedWindows, planWindows, type WindowPlan } from './window-plan.ts';
import { depthwiseWindows, narrowWindows, packedWindows } from './window-products.ts';
import { WindowTables } from './window-tables.ts';
import { planWindowWorkspace } from './window-workspace.ts';

/** Options of a quantized depthwise convolution. */
export interface QuantizedDepthwiseOptions extends WindowOptions, QuantizedLayerOptions {
  /** Output channels for each input channel. Default 1. */
  readonly depthMultiplier?: number;
}

/** Options of a quantized convolution, transposed or not. */
export interface QuantizedConvOptions extends WindowOptions, QuantizedLayerOptions {
  /** Number of output channels, 1..65536. */
  readonly filters: number;
}

type Options = QuantizedConvOptions & QuantizedDepthwiseOptions;

interface WindowCall extends QuantizedCall {
  readonly plan: WindowPlan;
}

interface WindowKind {
  readonly type: string;
  /** Over signals instead of images. */
  readonly signal?: boolean;
  readonly transposed?: boolean;
  readonly depthwise?: boolean;
}

/** Plans by layer and shape of the input: each call of a model would compute its plan again. */
const plans = /* @__PURE__ */ new WeakMap<object, { readonly input: Shape; readonly plan: WindowPlan }>();

export const defineQuantizedWindows = ({
  type,
  signal = false,
  transposed = false,
  depthwise = false,
}: WindowKind): LayerDefinition<Options, WindowCall> => {
  const geometryOf = (o: Options, input: Shape, name = type): ConvGeometry => {
    const { y, x, channels } = convAxes(o, input, name, signal, transposed);
    const outputs = depthwise ? channels * (o.depthMultiplier ?? 1) : o.filters;
    return { y, x, inputChannels: transposed ? outputs : channels, outputChannels: transposed ? channels : outputs };
  };

  const newPlan = (o: Options, input: Shape): WindowPlan => {
    const geometry = geometryOf(o, input);
    if (depthwise) return planDepthwiseWindows(geometry);
    return transposed ? planTransposedWindows(geometry) : planWindows(geometry);
  };

  const planOf = (o: Options, input: Shape): WindowPlan => {
    const known = plans.get(o);
    if (known?.input === input) return known.plan;
    const plan = newPlan(o, input);
    plans.set(o, { input, plan });
    return plan;
  };

  return {
    type,
    module: integerModule,
    inferenceOnly: true,
    plan: planOf,
    link: linkIntegers,

    check: (o, name) =>
      void layerOptions(name, o, {
        ...(depthwise ? { depthMultiplier: optional(integerWithin(1, 4096)) } : { filters: integerWithin(1, 65536) }),
        ...windowOptions(signal),
        ...quantizedOptions(),
      }),

    outputShape(o, input, name) {
      const { y, x, inputChannels, outputChannels } = geometryOf(o, input, name);
      checkProducts(y.kernel * x.kernel * (depthwise ? 1 : input.at(-1)!), name);
      const [h, w, n] = transposed
        ? [y.inputSize, x.inputSize, inputChannels]
        : [y.outputSize, x.outputSize, outputChannels];
      return signal ? [w, n] : [h, w, n];
    },

    weights(o, input) {
      const { y, x, inputChannels, outputChannels } = geometryOf(o, input);
      const window = signal ? [x.kernel] : [y.kernel, x.kernel];
      const { phases, columns } = planOf(o, input);
      const n = columns.columns;
      const channels = depthwise ? [inputChannels, n / inputChannels] : [inputChannels, outputChannels];
      const scale = transposed ? [n, 1] : [n];
      const size = [...window, ...channels].reduce((a, b) => a * b, 1);
      const storage = panelStorage(
        phases.map(({ layout }) => layout),
        columns,
        size,
      );
      return quantizedWeights([...window, ...channels], depthwise ? channels : scale, n, storage);
    },

    workspace: (o, input, rows) => planWindowWorkspace(planOf(o, input), 0, rows).bytes,

    forward(k, c, o) {
      const { plan, rows } = c;
      const { phases, height, width, channels, top, bottom, left, right, columns, outputSize } = plan;
      const w = planWindowWorkspace(plan, c.workspace, rows);
      const { kernel, scale, bias, range } = weightAddresses(c);
      const form = outputForm(c, o);
      const integers = integerInput(k, c, w.integers);
      k.outputTable(w.table, scale, bias, columns.columns, range, form.range);
      const tables = new WindowTables(k, plan, w, form.bytes);
      for (let first = 0; first < rows; first += w.groupSize) {
        const samples = Math.min(w.groupSize, rows - first);
        const x = integers + first * height * width * channels * 2;
        const y = c.y + first * outputSize * form.bytes;
        k.padIntegers(w.padded, x, samples, height, width, channels, top, bottom, left, right);
        for (const phase of phases) {
          tables.write(phase);
          const run = { plan, phase, w, samples, kernel: kernel + phase.layout.offset, y, form };
          if (depthwise) depthwiseWindows(k, run);
          else if (columns.narrow) narrowWindows(k, run);
          else packedWindows(k, run);
        }
      }
      form.finish(k, columns.columns);
    },

    backward: noBackward,
  };
};
