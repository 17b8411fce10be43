import { fields, integers, maybe } from '../check.ts';
import { align } from '../engine/network.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { depthwiseBackward, depthwiseForward, depthwiseRoom, depthwiseWindow, windowAt } from './conv/depthwise.ts';
import {
  activateBackwardOutput,
  activateOutput,
  type ConvOptions,
  checkFilters,
  convChecks,
  convWeights,
  savedFor,
} from './conv/layer.ts';
import { type Call, defineLayer, type LayerFactory } from './layer.ts';

export interface SeparableConv2dOptions extends ConvOptions {
  /** Channels between the two halves, for each that comes in. Default 1. */
  readonly depthMultiplier?: number;
}

/**
 * Depthwise convolution, then a product over the channels (Chollet, 2017): kernels `depthwiseKernel` `[height, width,
 * channels, depthMultiplier]` and `pointwiseKernel` `[1, 1, channels · depthMultiplier, filters]` as in Keras.
 * Errors: as `conv2d`.
 */
export const separableConv2d: LayerFactory<SeparableConv2dOptions> = /* @__PURE__ */ defineLayer({
  type: 'separableConv2d',
  module: convolutionModule,

  check(o, name) {
    fields(name, o, { filters: checkFilters, ...convChecks(), depthMultiplier: maybe(integers(1, 4096)) });
  },

  shape(o, input, name) {
    const { y, x } = depthwiseWindow(o, input, name);
    return [y.small, x.small, o.filters];
  },

  weights(o, input) {
    const { y, x, c, n } = depthwiseWindow(o, input);
    const taps = y.kernel * x.kernel;
    const shape = [y.kernel, x.kernel, c, n / c];
    const [first] = convWeights({ ...o, useBias: false }, shape, taps * c, (taps * n) / c, 0);
    const [second, ...bias] = convWeights(o, [1, 1, n, o.filters], n, o.filters, o.filters);
    return [{ ...first!, name: 'depthwiseKernel' }, { ...second!, name: 'pointwiseKernel' }, ...bias];
  },

  // What lies between the halves stands behind what the activation needs.
  saved(o, input, rows) {
    const { y, x, n } = depthwiseWindow(o, input);
    return savedFor(o.activation, rows * y.small * x.small * o.filters) + rows * y.small * x.small * n + 4;
  },

  workspace(o, input, rows) {
    const window = depthwiseWindow(o, input);
    return align(depthwiseRoom(window, 0, rows).bytes) + rows * window.y.small * window.x.small * window.n * 4;
  },

  forward(k, c, o) {
    const window = windowAt(c, o);
    const room = depthwiseRoom(window, c.workspace, c.rows);
    const places = c.rows * window.y.small * window.x.small;
    const { z, middle } = halves(c, o, align(room.bytes));
    depthwiseForward(k, window, room, middle, c.x, c.weights[0]!, 0, c.rows);
    k.gemm(z, middle, c.weights[1]!, c.weights[2] ?? 0, places, o.filters, window.n, 0, c.scratch);
    activateOutput(k, { ...c, saved: z === c.y ? 0 : z }, o.activation, o.filters);
  },

  backward(k, c, o) {
    const window = windowAt(c, o);
    const room = depthwiseRoom(window, c.workspace, c.rows);
    const places = c.rows * window.y.small * window.x.small;
    const { z, middle } = halves(c, o, align(room.bytes));
    const dMiddle = c.workspace + align(room.bytes);
    activateBackwardOutput(k, { ...c, saved: z === c.y ? 0 : z }, o.activation, o.filters, c.gradients[2]);
    k.gemmTN(c.gradients[1]!, middle, c.dy, window.n, o.filters, places, 0, c.scratch);
    k.gemmNT(dMiddle, c.dy, c.weights[1]!, places, window.n, o.filters, 0, c.scratch);
    depthwiseBackward(k, window, room, c.dx, c.gradients[0]!, dMiddle, c.x, c.weights[0]!, c.rows);
  },
});

/** Where z and what lies between the halves are: kept while training, in the workspace at inference. */
function halves(c: Call, o: SeparableConv2dOptions, room: number): { z: number; middle: number } {
  if (!c.saved) return { z: c.y, middle: c.workspace + room };
  const kept = savedFor(o.activation, c.rows * c.outputSize) * 4;
  return { z: kept ? c.saved : c.y, middle: c.saved + align(kept) };
}
