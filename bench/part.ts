// A part of the benchmark: what `--only NAME` runs. bench/parts.ts lists them.

import type { GemmRow } from './gemm.ts';
import type { Competitor } from './workloads.ts';

/** Measured values by the name of the figure. A list is several cases of one figure, judged by its worst. */
export type Figures = Readonly<Record<string, number | readonly number[]>>;

export interface Context {
  /** Measurements of which the median counts. */
  readonly rounds: number;
  readonly quick: boolean;
  print(line: string): void;
  /** Rates of the matrix products, measured once in a run. */
  products(): readonly GemmRow[];
  /** The competitors that load, loaded once in a run. */
  competitors(): Promise<readonly Competitor[]>;
}

export interface Outcome {
  /** Figures of bench/targets/, and others that need no target. */
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
