// A part of the benchmark: what `--only NAME` runs. bench/parts.ts lists them.

import type { GemmRow } from './gemm.ts';
import type { Competitor } from './workloads.ts';

/** Measured values by the name of the figure. A list has several cases of one figure; the worst case is compared with the target. */
export type Figures = Readonly<Record<string, number | readonly number[]>>;

export interface Context {
  /** The number of measurements. The result is their median. */
  readonly rounds: number;
  readonly quick: boolean;
  print(line: string): void;
  /** Rates of the matrix products, measured once in a run. */
  products(): readonly GemmRow[];
  /** The competitors that can be loaded, loaded once in a run. */
  competitors(): Promise<readonly Competitor[]>;
}

export interface Outcome {
  /** Figures with a target in bench/targets/, and other figures. */
  readonly figures: Figures;
  /** All measurements, for bench/results/. */
  readonly report: unknown;
}

export interface Part {
  readonly name: string;
  /** Measures, and prints the measurements. */
  run(context: Context): Promise<Outcome>;
}

/** A number with fixed decimals, right-aligned. */
export const cell = (value: number, width: number, decimals: number): string => value.toFixed(decimals).padStart(width);
