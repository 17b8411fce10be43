// The windows of a convolution of integers. A transposed convolution with strides has several phases, as in
// src/layers/conv/transpose.ts; any other convolution has one.

import type { ConvGeometry } from '../conv/geometry.ts';
import { planTranspose } from '../conv/transpose.ts';
import { type ColumnLayout, layoutBytes, type RunLayout } from './weight-storage.ts';

/** Windows with the same taps. */
export interface WindowPhase {
  readonly layout: RunLayout;
  /** Rows of runs, and runs in a row; bytes between two of them. */
  readonly runRows: number;
  readonly runsAcross: number;
  readonly runRowBytes: number;
  readonly runBytes: number;
  /** Byte of the first window in a padded sample, and bytes between windows. */
  readonly origin: number;
  readonly windowRowBytes: number;
  readonly windowPixelBytes: number;
  readonly rows: number;
  readonly pixels: number;
  /** Value of the first output in a sample, and values between outputs. */
  readonly firstOutput: number;
  readonly outputRow: number;
  readonly outputPixel: number;
}

export interface WindowPlan {
  readonly phases: readonly WindowPhase[];
  readonly columns: ColumnLayout;
  /** Windows are packed for the matrix product. Other kernels read them in the padded samples. */
  readonly packs: boolean;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** Bytes of a padded sample. */
  readonly sampleBytes: number;
  /** Values of an output sample. */
  readonly outputSize: number;
}

/** Bytes of an integer in memory. */
const INTEGER_BYTES = 2;
/** Up to this many output channels the sum runs along the window. */
const MAX_NARROW_COLUMNS = 3;

const isNarrow = (columns: number): boolean => columns <= MAX_NARROW_COLUMNS;

/** From the convolution's input to its output; weights [height][width][c][n]. */
export function planWindows({ y, x, inputChannels: c, outputChannels: n }: ConvGeometry): WindowPlan {
  const pixel = c * INTEGER_BYTES;
  const line = (x.before + x.inputSize + x.after) * pixel;
  // Neighbouring pixels of a window are one run.
  const merged = x.dilation === 1;
  const across = merged ? 1 : x.kernel;
  const length = merged ? x.kernel * c : c;
  const layout = {
    offset: 0,
    runs: y.kernel * across,
    length,
    tensorIndex: (t: number, i: number) => (t * length + i) * n,
  };
  const phase: WindowPhase = {
    layout,
    runRows: y.kernel,
    runsAcross: across,
    runRowBytes: y.dilation * line,
    runBytes: x.dilation * pixel,
    origin: 0,
    windowRowBytes: y.stride * line,
    windowPixelBytes: x.stride * pixel,
    rows: y.outputSize,
    pixels: x.outputSize,
    firstOutput: 0,
    outputRow: x.outputSize * n,
    outputPixel: n,
  };
  return {
    phases: [phase],
    columns: { columns: n, stride: 1, narrow: isNarrow(n) },
    packs: !isNarrow(n),
    height: y.inputSize,
    width: x.inputSize,
    channels: c,
    top: y.before,
    bottom: y.after,
    left: x.before,
    right: x.after,
    sampleBytes: (y.before + y.inputSize + y.after) * line,
    outputSize: y.outputSize * x.outputSize * n,
  };
}

/** From the convolution's output to its input, which is the transposed convolution; weights [height][width][n][c]. */
export function planTransposedWindows(geometry: ConvGeometry): WindowPlan {
  const { y, x, inputChannels: n, outputChannels: c } = geometry;
  const plan = planTranspose(geometry);
  const { top, bottom, left, right } = plan;
  const pixel = c * INTEGER_BYTES;
  const line = (left + x.outputSize + right) * pixel;
  const columns = { columns: n, stride: c, narrow: isNarrow(n) };
  let offset = 0;
  const phases = plan.y.flatMap((py) =>
    plan.x.map((px): WindowPhase => {
      const merged = px.step === 1;
      const across = merged ? 1 : px.taps;
      const length = merged ? px.taps * c : c;
      const runs = px.taps ? py.taps * across : 0;
      const tensorIndex = (t: number, i: number): number => {
        const position = t * length + i;
        const tap = Math.floor(position / c);
        const ky = py.lastTap - Math.floor(tap / px.taps) * py.tapStride;
        const kx = px.lastTap - (tap % px.taps) * px.tapStride;
        return (ky * x.kernel + kx) * n * c + (position % c);
      };
      const layout = { offset, runs, length, tensorIndex };
      offset += layoutBytes(runs, length, columns);
      return {
        layout,
        runRows: runs && py.taps,
        runsAcross: across,
        runRowBytes: py.step * line,
        runBytes: px.step * pixel,
        origin: (py.origin + top) * line + (px.origin + left) * pixel,
        windowRowBytes: line,
        windowPixelBytes: pixel,
        rows: py.positions,
        pixels: px.positions,
        firstOutput: (py.first * x.inputSize + px.first) * n,
        outputRow: y.stride * x.inputSize * n,
        outputPixel: x.stride * n,
      };
    }),
  );
  return {
    phases,
    columns,
    packs: !columns.narrow,
    height: y.outputSize,
    width: x.outputSize,
    channels: c,
    top,
    bottom,
    left,
    right,
    sampleBytes: (top + y.outputSize + bottom) * line,
    outputSize: y.inputSize * x.inputSize * n,
  };
}

/** Depthwise convolution; weights [height][width][c][multiplier]. The taps of a window are one run of the layout. */
export function planDepthwiseWindows(geometry: ConvGeometry): WindowPlan {
  const { y, x, inputChannels: c, outputChannels: n } = geometry;
  const plan = planWindows(geometry);
  const phase = plan.phases[0]!;
  const layout = { offset: 0, runs: 1, length: y.kernel * x.kernel, tensorIndex: (_: number, i: number) => i * n };
  return {
    ...plan,
    phases: [{ ...phase, layout, runsAcross: x.kernel, runBytes: x.dilation * c * INTEGER_BYTES }],
    columns: { columns: n, stride: 1, narrow: false },
    packs: false,
  };
}
