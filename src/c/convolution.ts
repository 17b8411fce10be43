// Convolutions and pooling in C.

import { lastAxis } from '../core/shape.ts';
import type { ConvAxis, ConvGeometry } from '../layers/conv/geometry.ts';
import type { TransposePlan } from '../layers/conv/transpose.ts';
import { MAX_NARROW_CHANNELS } from '../layers/conv/workspace.ts';
import { activationStatements, type LayerText, type LayerTranslation, planOf, transposed } from './call.ts';

interface ConvolutionOptions {
  readonly activation?: string;
  readonly depthMultiplier?: number;
}

/** The members of the C structure `window`, in the order of their declaration. */
interface Window {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
  readonly filters: number;
  readonly top: number;
  readonly left: number;
  readonly rowStride: number;
  readonly columnStride: number;
  readonly lines: number;
  readonly runs: number;
  readonly length: number;
  readonly lineStep: number;
  readonly runStep: number;
  readonly offset: number;
  readonly outputRow: number;
  readonly outputColumn: number;
  readonly laneStep: number;
}

/** A window that moves over an input, with one run for each of its values. */
function plainWindow(y: ConvAxis, x: ConvAxis, channels: number, filters: number, length = 1): Window {
  return {
    height: y.inputSize,
    width: x.inputSize,
    channels,
    rows: y.outputSize,
    columns: x.outputSize,
    filters,
    top: -y.before,
    left: -x.before,
    rowStride: y.stride,
    columnStride: x.stride,
    lines: y.kernel,
    runs: x.kernel,
    length,
    lineStep: y.dilation,
    runStep: x.dilation,
    offset: 0,
    outputRow: x.outputSize * filters,
    outputColumn: filters,
    laneStep: 0,
  };
}

const windowText = ({ writer, node }: LayerText, name: string, window: Window): string =>
  writer.structure('$window', node, name, Object.values(window));

interface ConvolveArguments {
  readonly window: Window;
  /** For each weight in C, [lines][runs][filters][length], its index in the kernel. */
  readonly order: readonly number[];
  /** The last axis of the kernel are values of a run, not filters. */
  readonly byValue?: boolean;
  /** Distinguishes the constants of several convolutions of one layer. */
  readonly suffix?: string;
}

function convolveStatement(
  call: LayerText,
  { window, order, byValue = false, suffix = '' }: ConvolveArguments,
): string {
  const { writer, node, y, x } = call;
  const kernel = writer.kernel(node, 'kernel', order, suffix);
  const bias = writer.floats(node, 'bias', writer.weights(node, 'bias'));
  const geometry = windowText(call, `window${suffix}`, window);
  const narrow = window.filters > MAX_NARROW_CHANNELS ? '' : '_narrow';
  const values = byValue && writer.scaled ? '_values' : '';
  return `$convolve${narrow}${values}(${y}, ${x}, ${kernel}, ${bias}, ${geometry});`;
}

/** Runs of consecutive values: lines of the window or, with dilation, its pixels. */
function convolutionStatements(call: LayerText): string[] {
  const { y, x, inputChannels, outputChannels } = planOf<TransposePlan>(call).window;
  const [runs, length] = x.dilation === 1 ? [1, x.kernel * inputChannels] : [x.kernel, inputChannels];
  const window = { ...plainWindow(y, x, inputChannels, outputChannels, length), runs };
  const order = Array.from({ length: y.kernel * runs }, (_, i) =>
    transposed(length, outputChannels, i * length * outputChannels),
  ).flat();
  return [convolveStatement(call, { window, order })];
}

/** One convolution for each phase, that is for the outputs of each row and column modulo the strides. */
function transposedStatements(call: LayerText): string[] {
  const plan = planOf<TransposePlan>(call);
  const { y, x, inputChannels: filters, outputChannels: channels } = plan.window;
  const phases = plan.y.flatMap((py) => plan.x.map((px) => ({ py, px })));
  return phases.map(({ py, px }, index) => {
    const adjacent = px.step === 1;
    // The scales of int8 belong to the channels of a pixel: each pixel is a run then.
    const merged = adjacent && !call.writer.scaled;
    const pixels = merged ? px.taps : 1;
    const window = {
      height: y.outputSize,
      width: x.outputSize,
      channels,
      rows: py.positions,
      columns: px.positions,
      filters,
      top: py.origin,
      left: px.origin,
      rowStride: 1,
      columnStride: 1,
      lines: px.taps ? py.taps : 0,
      runs: px.taps / Math.max(pixels, 1),
      length: pixels * channels,
      lineStep: py.step,
      runStep: px.step,
      offset: (py.first * x.inputSize + px.first) * filters,
      outputRow: y.stride * x.inputSize * filters,
      outputColumn: x.stride * filters,
      laneStep: adjacent && !merged ? channels : 0,
    };
    // Taps run backward.
    const order: number[] = [];
    for (let line = 0; line < window.lines; line++)
      for (let run = 0; run < window.runs; run++)
        for (let filter = 0; filter < filters; filter++)
          for (let pixel = 0; pixel < pixels; pixel++) {
            const row = py.lastTap - line * py.tapStride;
            const column = px.lastTap - (run * pixels + pixel) * px.tapStride;
            const at = ((row * x.kernel + column) * filters + filter) * channels;
            for (let i = 0; i < channels; i++) order.push(at + i);
          }
    return convolveStatement(call, { window, order, byValue: true, suffix: phases.length > 1 ? `_${index}` : '' });
  });
}

const withActivation = (write: (call: LayerText) => string[]): LayerTranslation<ConvolutionOptions> => ({
  statements: (call, { activation }) => [
    ...write(call),
    ...activationStatements(call.y, activation, call.node.outputSize, lastAxis(call.node.outputShape)),
  ],
});

export const convolution = /* @__PURE__ */ withActivation(convolutionStatements);
export const transposedConvolution = /* @__PURE__ */ withActivation(transposedStatements);

export const depthwise = /* @__PURE__ */ withActivation((call) => {
  const { node, writer } = call;
  const { y, x, inputChannels: n, outputChannels } = planOf<ConvGeometry>(call);
  const geometry = windowText(call, 'window', plainWindow(y, x, n, outputChannels, outputChannels / n));
  const kernel = writer.kernel(node, 'kernel');
  const bias = writer.floats(node, 'bias', writer.weights(node, 'bias'));
  return [`$depthwise(${call.y}, ${call.x}, ${kernel}, ${bias}, ${geometry});`];
});

export const separable: LayerTranslation<ConvolutionOptions> = {
  ...withActivation((call) => {
    const { node, writer } = call;
    const { y, x, inputChannels: n, outputChannels } = planOf<ConvGeometry>(call);
    const units = lastAxis(node.outputShape);
    const geometry = windowText(call, 'window', plainWindow(y, x, n, outputChannels, outputChannels / n));
    const kernel = writer.kernel(node, 'depthwiseKernel');
    const second = writer.kernel(node, 'pointwiseKernel', transposed(outputChannels, units));
    const bias = writer.floats(node, 'bias', writer.weights(node, 'bias'));
    return [
      `$separable(${call.y}, ${call.x}, ${kernel}, ${second}, ${bias}, ${units}, ${geometry}, ${call.workspace});`,
    ];
  }),
  workspace: (node) => planOf<ConvGeometry>({ node }).outputChannels,
};

export const pooling = (routine: string): LayerTranslation => ({
  statements(call) {
    const { y, x, channels } = planOf<{ y: ConvAxis; x: ConvAxis; channels: number }>(call);
    const geometry = windowText(call, 'window', plainWindow(y, x, channels, channels));
    return [`$${routine}(${call.y}, ${call.x}, ${geometry});`];
  },
});
