import { integer } from '../check.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { depthwiseBackward, depthwiseForward, depthwiseRoom } from './conv/depthwise.ts';
import { activateBackwardOutput, activateOutput, type ConvOptions, checkCommon, savedFor } from './conv/layer.ts';
import { axes, image, pair, type Window } from './conv/window.ts';
import { type Call, constant, defineLayer, type LayerFactory, type Shape } from './layer.ts';

export interface SeparableConv2dOptions extends ConvOptions {
  /** Channels between the two halves, for each that comes in. Default 1. */
  readonly depthMultiplier?: number;
}

const windowOf = (o: SeparableConv2dOptions, input: Shape, name = 'separableConv2d'): Window => ({
  ...axes(o, image(input, name), name),
  c: input[2]!,
  n: input[2]! * (o.depthMultiplier ?? 1),
});

const memoOf = (c: Call, o: SeparableConv2dOptions): Window => {
  c.memo ??= windowOf(o, c.inputShape);
  return c.memo as Window;
};

const up = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/**
 * Depthwise convolution, then a product over the channels (Chollet, 2017): kernels `depthwiseKernel` `[height, width,
 * channels, depthMultiplier]` and `pointwiseKernel` `[1, 1, channels · depthMultiplier, filters]` as in Keras.
 * Errors: as `conv2d`.
 */
export const separableConv2d: LayerFactory<SeparableConv2dOptions> = /* @__PURE__ */ defineLayer({
  type: 'separableConv2d',
  module: convolutionModule,

  check(o, name) {
    checkCommon(o, name, ['filters', 'depthMultiplier']);
    integer(`${name}.filters`, o.filters, 1, 65536);
    if (o.depthMultiplier !== undefined) integer(`${name}.depthMultiplier`, o.depthMultiplier, 1, 4096);
  },

  shape(o, input, name) {
    const { y, x } = windowOf(o, input, name);
    return [y.small, x.small, o.filters];
  },

  weights(o, input) {
    const [kh, kw] = pair(o.kernelSize);
    const { c, n } = windowOf(o, input);
    const { kernelInitializer: initializer = 'glorotUniform', l1 = 0, l2 = 0 } = o;
    const shared = { initializer, l1, l2 };
    const first = { name: 'depthwiseKernel', shape: [kh, kw, c, n / c], fanIn: kh * kw * c, fanOut: (kh * kw * n) / c };
    const second = { name: 'pointwiseKernel', shape: [1, 1, n, o.filters], fanIn: n, fanOut: o.filters };
    const kernels = [
      { ...first, ...shared },
      { ...second, ...shared },
    ];
    return o.useBias === false ? kernels : [...kernels, constant('bias', o.filters, 'zeros')];
  },

  // What lies between the halves stands behind what the activation needs.
  saved(o, input, rows) {
    const { y, x, n } = windowOf(o, input);
    return savedFor(o.activation, rows * y.small * x.small * o.filters) + rows * y.small * x.small * n + 4;
  },

  workspace(o, input, rows) {
    const window = windowOf(o, input);
    return up(depthwiseRoom(window, 0, rows).bytes) + rows * window.y.small * window.x.small * window.n * 4;
  },

  forward(k, c, o) {
    const window = memoOf(c, o);
    const room = depthwiseRoom(window, c.workspace, c.rows);
    const places = c.rows * window.y.small * window.x.small;
    const { z, middle } = halves(c, o, up(room.bytes));
    depthwiseForward(k, window, window.n / window.c, room, middle, c.x, c.weights[0]!, 0, c.rows);
    k.gemm(z, middle, c.weights[1]!, c.weights[2] ?? 0, places, o.filters, window.n, 0, c.scratch);
    activateOutput(k, { ...c, saved: z === c.y ? 0 : z }, o.activation, o.filters);
  },

  backward(k, c, o) {
    const window = memoOf(c, o);
    const room = depthwiseRoom(window, c.workspace, c.rows);
    const places = c.rows * window.y.small * window.x.small;
    const { z, middle } = halves(c, o, up(room.bytes));
    const dMiddle = c.workspace + up(room.bytes);
    activateBackwardOutput(k, { ...c, saved: z === c.y ? 0 : z }, o.activation, o.filters, c.gradients[2]);
    k.gemmTN(c.gradients[1]!, middle, c.dy, window.n, o.filters, places, 0, c.scratch);
    k.gemmNT(dMiddle, c.dy, c.weights[1]!, places, window.n, o.filters, 0, c.scratch);
    depthwiseBackward(k, window, window.n / window.c, room, c.dx, c.gradients[0]!, dMiddle, c.x, c.weights[0]!, c.rows);
  },
});

/** Where z and what lies between the halves are: kept while training, in the workspace at inference. */
function halves(c: Call, o: SeparableConv2dOptions, room: number): { z: number; middle: number } {
  if (!c.saved) return { z: c.y, middle: c.workspace + room };
  const kept = savedFor(o.activation, c.rows * c.outputSize) * 4;
  return { z: kept ? c.saved : c.y, middle: c.saved + up(kept) };
}
