// From the output of a convolution to its input: conv2dTranspose forward, and the gradient of conv2d's input. With stride s, the
// positions of the input form s phases in each direction. The positions of one phase have the same taps of the window, every
// s-th, at consecutive positions of the output. So each phase is a convolution without inserted zeros.

import type { Address, Count, Kernels } from '../../wasm/kernels.ts';
import type { ConvAxis, ConvGeometry } from './geometry.ts';
import { forEachGroup } from './sample-groups.ts';
import {
  type Convolution,
  type ConvWorkspace,
  convolution,
  packWeights,
  panelBytes,
  planWorkspace,
} from './workspace.ts';

/** Bytes of padded samples in a group. The tables take as many bytes: both fit into the L1 cache or a part of L2. */
const GROUP_BYTES = 2 ** 15;

/** One phase of one axis. */
interface Phase {
  /** The first position of the input, and the number of positions, at a distance of one stride. */
  readonly first: number;
  readonly positions: number;
  /** The last tap, the number of taps, and the distance between two of them. Taps run backward. */
  readonly lastTap: number;
  readonly taps: number;
  readonly tapStride: number;
  /** The position of the output that belongs to the last tap at the first position, and the step from tap to tap. */
  readonly origin: number;
  readonly step: number;
}

const gcd = (a: number, b: number): number => (b ? gcd(b, a % b) : a);

function phases({ inputSize, kernel, stride, dilation, before }: ConvAxis): Phase[] {
  const divisor = gcd(stride, dilation);
  const [tapStride, step] = [stride / divisor, dilation / divisor];
  return Array.from({ length: Math.min(stride, inputSize) }, (_, first): Phase => {
    const list = [...Array(kernel).keys()].filter((tap) => (first + before - tap * dilation) % stride === 0);
    const lastTap = list[list.length - 1] ?? 0;
    const origin = list.length ? (first + before - lastTap * dilation) / stride : 0;
    return {
      first,
      positions: Math.ceil((inputSize - first) / stride),
      lastTap,
      taps: list.length,
      tapStride,
      origin,
      step,
    };
  });
}

/** The phases of a transposed convolution, and the zeros that its output needs around it. */
export interface TransposePlan {
  readonly window: ConvGeometry;
  readonly y: readonly Phase[];
  readonly x: readonly Phase[];
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

function paddingAround(list: readonly Phase[], convOutput: Address): [number, number] {
  const used = list.filter((phase) => phase.taps > 0);
  const low = Math.min(0, ...used.map(({ origin }) => origin));
  const high = Math.max(
    0,
    ...used.map(({ origin, positions, taps, step }) => origin + positions - 1 + (taps - 1) * step),
  );
  return [-low, Math.max(0, high - (convOutput - 1))];
}

export function planTranspose(window: ConvGeometry): TransposePlan {
  const [y, x] = [phases(window.y), phases(window.x)];
  const [[top, bottom], [left, right]] = [paddingAround(y, window.y.outputSize), paddingAround(x, window.x.outputSize)];
  return { window, y, x, top, bottom, left, right };
}

const lineBytes = ({ window: { x, outputChannels }, left, right }: TransposePlan): number =>
  (left + x.outputSize + right) * outputChannels * 4;
const sampleBytes = (plan: TransposePlan): number =>
  (plan.top + plan.window.y.outputSize + plan.bottom) * lineBytes(plan);

export function planTransposeWorkspace(plan: TransposePlan, base: Address, samples: Count): ConvWorkspace {
  const { y, x, inputChannels, outputChannels } = plan.window;
  return planWorkspace(
    base,
    samples,
    sampleBytes(plan),
    y.inputSize * x.inputSize,
    y.kernel * x.kernel,
    panelBytes(y.kernel * x.kernel * outputChannels, inputChannels),
    GROUP_BYTES,
  );
}

/** The convolution of one phase of both axes. */
interface PhaseConvolution {
  readonly convolve: Convolution;
  /** Windows of a sample. */
  readonly windows: Count;
}

/** convInput = the transposed convolution of convOutput with `weights` [kernel height][kernel width][c][n] (+ bias); `mask` and `relu` as in `convForward`. */
export function convTranspose(
  k: Kernels,
  s: TransposePlan,
  r: ConvWorkspace,
  convInput: Address,
  convOutput: Address,
  weights: Address,
  bias: Address,
  mask: Address,
  relu: number,
  samples: Count,
  scratch: Address,
): void {
  const { y, x, inputChannels, outputChannels } = s.window;
  const [row, pixel, tapBytes] = [lineBytes(s), outputChannels * 4, inputChannels * outputChannels * 4];
  const [inputRow, inputPixel] = [x.inputSize * inputChannels * 4, inputChannels * 4];
  const group = Math.min(samples, r.groupSize);
  // The tables and the packed weights of a phase follow those of the phase before it.
  let { windowAddresses, outputOffsets, tapOffsets, weightAddresses, packedWeights } = r;
  const prepare = (py: Phase, px: Phase): PhaseConvolution => {
    const taps = py.taps * px.taps;
    const windows = py.positions * px.positions;
    const start = weights + (py.lastTap * x.kernel + px.lastTap) * tapBytes;
    const [tapRow, tapColumn] = [-py.tapStride * x.kernel * tapBytes, -px.tapStride * tapBytes];
    k.addressTable(weightAddresses, start, 1, py.taps, px.taps, 0, tapRow, tapColumn);
    packWeights(k, packedWeights, weightAddresses, taps, outputChannels, inputChannels, 1);
    // Consecutive positions of the output are one run.
    const merged = px.step === 1;
    k.addressTable(tapOffsets, 0, 1, py.taps, merged ? 1 : px.taps, 0, py.step * row, px.step * pixel);
    const [count, inner] = merged ? [taps ? py.taps : 0, px.taps * outputChannels] : [taps, outputChannels];
    const origin = r.padded + (py.origin + s.top) * row + (px.origin + s.left) * pixel;
    k.addressTable(windowAddresses, origin, group, py.positions, px.positions, sampleBytes(s), row, pixel);
    k.addressTable(
      outputOffsets,
      py.first * inputRow + px.first * inputPixel,
      group,
      py.positions,
      px.positions,
      y.inputSize * inputRow,
      y.stride * inputRow,
      x.stride * inputPixel,
    );
    const tables = [outputOffsets, windowAddresses, packedWeights, inputChannels, tapOffsets] as const;
    const convolve = convolution(k, convInput, ...tables, count, inner, bias, mask, relu, scratch);
    windowAddresses += group * windows * 4;
    outputOffsets += group * windows * 4;
    tapOffsets += taps * 4;
    weightAddresses += taps * 4;
    packedWeights += panelBytes(taps * outputChannels, inputChannels);
    return { convolve, windows };
  };
  const phases = s.y.flatMap((py) => s.x.map((px) => prepare(py, px)));
  forEachGroup(s.window, r, samples, ({ samples: count, inputOffset, outputOffset }) => {
    k.pad(
      r.padded,
      convOutput + outputOffset,
      count,
      y.outputSize,
      x.outputSize,
      outputChannels,
      s.top,
      s.bottom,
      s.left,
      s.right,
    );
    for (const { convolve, windows } of phases) convolve(count * windows, inputOffset);
  });
}
