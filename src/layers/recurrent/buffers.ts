// Where a pass through a gated recurrent unit keeps its values. Addresses are in bytes, sizes in values.

import type { Shape } from '../../core/shape.ts';
import type { GruOptions } from './options.ts';

/** Values of gates that pass at once at inference, unless a single sample has more: 1 MB, as in an L2 cache. */
const MAX_GATES = 2 ** 18;

/** Samples that pass at once at inference. The result of a sample does not depend on their number. */
export const samplesAtOnce = (units: number, time: number, rows: number): number =>
  Math.min(rows, Math.max(1, Math.floor(MAX_GATES / (3 * units * time))));

/** Values of all buffers of a forward pass, of which `steps` steps have their own. */
export const stepValues = (units: number, time: number, rows: number, steps: number): number =>
  rows * units * (3 * time + 5 * steps + 1);

/** The addresses of these buffers. Per step, those of the next one begin `stride` bytes later, those of `products` 2·stride. */
export interface StepBuffers {
  /** [rows][time][3][units]: x·kernel, which becomes z, r and the candidate. */
  readonly gates: number;
  /** [rows][units] per step: the state before the step; and one more, the last. */
  readonly states: number;
  /** [rows][2][units] per step: state · recurrent kernel of z and r. */
  readonly products: number;
  /** [rows][units] per step: factor · recurrent kernel of the candidate. */
  readonly inner: number;
  /** [rows][units] per step: r ∘ factor. */
  readonly reset: number;
  readonly stride: number;
}

/** `kept`: each step has its own buffers, because backward needs them. */
export function stepBuffers(start: number, units: number, time: number, rows: number, kept: boolean): StepBuffers {
  const steps = kept ? time : 1;
  const block = rows * units * 4;
  const states = start + 3 * time * block;
  const products = states + (steps + 1) * block;
  const inner = products + 2 * steps * block;
  return { gates: start, states, products, inner, reset: inner + steps * block, stride: kept ? block : 0 };
}

/** Addresses in the workspace of a call. */
export interface GruWorkspace {
  /** The recurrent kernel in two parts: [units][2·units] of z and r, [units][units] of the candidate. */
  readonly gateKernel: number;
  readonly candidateKernel: number;
  /** Their gradients. */
  readonly gateGradient: number;
  readonly candidateGradient: number;
  /** [rows][units]: gradients of the state after a step, and of `reset`. */
  readonly dState: number;
  readonly dReset: number;
  /** Buffers of `samplesAtOnce` samples, for inference. */
  readonly steps: number;
}

export function gruWorkspace(start: number, units: number, rows: number): GruWorkspace {
  const matrix = units * units * 4;
  const state = rows * units * 4;
  return {
    gateKernel: start,
    candidateKernel: start + 2 * matrix,
    gateGradient: start + 3 * matrix,
    candidateGradient: start + 5 * matrix,
    dState: start + 6 * matrix,
    dReset: start + 6 * matrix + state,
    steps: start + 6 * matrix + 2 * state,
  };
}

export function workspaceBytes({ units }: GruOptions, [time]: Shape, rows: number): number {
  return gruWorkspace(0, units, rows).steps + 4 * stepValues(units, time!, samplesAtOnce(units, time!, rows), 1);
}
