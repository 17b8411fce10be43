// The products of one phase of a convolution for a group of padded samples. Each of three kinds of convolution has its kernel.

import type { Address, Count, Kernels } from '../../wasm/kernels.ts';
import type { outputForm } from './quantized-layer.ts';
import type { WindowPhase, WindowPlan } from './window-plan.ts';
import { blockOf, pairsOf, type WindowWorkspace } from './window-workspace.ts';

/** The arguments of the kernels of a phase. */
export interface PhaseRun {
  readonly plan: WindowPlan;
  readonly phase: WindowPhase;
  readonly w: WindowWorkspace;
  readonly samples: Count;
  /** Addresses of the weights of the phase and of the first sample's output. */
  readonly kernel: Address;
  readonly y: Address;
  readonly form: ReturnType<typeof outputForm>;
}

/** Block by block: packs windows and multiplies them. */
export function packedWindows(k: Kernels, { plan, phase, w, samples, kernel, y, form }: PhaseRun): void {
  const { columns } = plan.columns;
  const block = blockOf(phase, w.groupSize, plan.packs);
  const { windowRowBytes, windowPixelBytes, layout } = phase;
  const pairs = pairsOf(phase);
  // The outputs of a single phase follow one another.
  const outs = plan.phases.length > 1 ? w.outputs : 0;
  for (let row = 0; row < phase.rows; row += block.rows) {
    const rows = Math.min(block.rows, phase.rows - row);
    for (let pixel = 0; pixel < phase.pixels; pixel += block.pixels) {
      const m = samples * rows * Math.min(block.pixels, phase.pixels - pixel);
      const x = w.padded + phase.origin + row * windowRowBytes + pixel * windowPixelBytes;
      const out = y + (phase.firstOutput + row * phase.outputRow + pixel * phase.outputPixel) * form.bytes;
      k.packWindows(w.packed, x, w.windows, m, w.runs, layout.runs, layout.length);
      k.multiplyIntegers(out, outs, w.packed, kernel, w.table, m, columns, pairs, form.relu, form.range, w.scratch);
    }
  }
}

/** Up to three output channels: the kernel reads windows in the padded samples, without packing. */
export function narrowWindows(k: Kernels, { plan, phase, w, samples, kernel, y, form }: PhaseRun): void {
  const { runs, length } = phase.layout;
  const { columns } = plan.columns;
  const inner = Math.ceil(length / 8) * 8;
  const m = samples * phase.rows * phase.pixels;
  const x = w.padded + phase.origin;
  const out = y + phase.firstOutput * form.bytes;
  k.convolveIntegersNarrow(
    out, w.outputs, x, w.windows, m, kernel, columns, w.runs, runs, inner, w.table, form.relu, form.range, w.scratch,
  ); // biome-ignore format: arguments
}

/** Depthwise convolution. */
export function depthwiseWindows(k: Kernels, { plan, phase, w, samples, kernel, y, form }: PhaseRun): void {
  const { channels } = plan;
  const m = samples * phase.rows * phase.pixels;
  const multiplier = plan.columns.columns / channels;
  k.depthwiseIntegers(
    y, w.padded + phase.origin, w.windows, m, kernel, channels, multiplier, w.runs, phase.layout.length, w.table, form.relu, form.range, w.scratch,
  ); // biome-ignore format: arguments
}
