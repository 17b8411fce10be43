// Tables of addresses for the windows and the outputs of a block. Addresses are relative to the block, so that all groups of
// samples share one table. Phases with the same number of positions share it too.

import type { Kernels } from '../../wasm/kernels.ts';
import type { WindowPhase, WindowPlan } from './window-plan.ts';
import { blockOf, type WindowWorkspace } from './window-workspace.ts';

export class WindowTables {
  readonly #k: Kernels;
  readonly #plan: WindowPlan;
  readonly #w: WindowWorkspace;
  readonly #bytes: number;
  #rows = -1;
  #pixels = -1;

  /** `bytes`: bytes of an output value. */
  constructor(k: Kernels, plan: WindowPlan, w: WindowWorkspace, bytes: number) {
    this.#k = k;
    this.#plan = plan;
    this.#w = w;
    this.#bytes = bytes;
  }

  /** Writes the tables of a phase: its runs and, unless those of the previous phase fit, its windows and outputs. */
  write(phase: WindowPhase): void {
    const k = this.#k;
    const { sampleBytes, outputSize, packs } = this.#plan;
    const { runs, windows, outputs, groupSize } = this.#w;
    k.addressTable(runs, 0, 1, phase.runRows, phase.runsAcross, 0, phase.runRowBytes, phase.runBytes);
    if (phase.rows === this.#rows && phase.pixels === this.#pixels) return;
    this.#rows = phase.rows;
    this.#pixels = phase.pixels;
    const { samples, rows, pixels } = blockOf(phase, groupSize, packs);
    const bytes = this.#bytes;
    k.addressTable(windows, 0, samples, rows, pixels, sampleBytes, phase.windowRowBytes, phase.windowPixelBytes);
    k.addressTable(
      outputs, 0, samples, rows, pixels, outputSize * bytes, phase.outputRow * bytes, phase.outputPixel * bytes,
    ); // biome-ignore format: arguments
  }
}
