// Buffers of a pass through a gated recurrent unit. Addresses are in bytes, sizes in values.

import type { Shape } from '../../core/shape.ts';
import type { GruOptions } from './options.ts';

/** Maximum number of gate values in a group of samples: 1 MB, so that they stay in the L2 cache from step to step. */
const MAX_GATE_VALUES = 2 ** 18;

/** Number of samples in a group at inference, at least 1. The result of a sample does not depend on its group. */
export const samplesPerGroup = (units: number, time: number, rows: number): number =>
  Math.min(rows, Math.max(1, Math.floor(MAX_GATE_VALUES / (3 * units * time))));

/** Size of the buffers of a forward pass that has buffers of its own for each of `steps` steps. */
export const stepValues = (units: number, time: number, rows: number, steps: number): number =>
  rows * units * (3 * time + 5 * steps + 1);

/** Addresses of these buffers at the first step. */
export interface StepBuffers {
  /** [rows][time][3][units]: x·kernel, which becomes z, r and the candidate. */
  readonly gates: number;
  /** [rows][units] per step: the state before the step. One more follows: the last state. */
  readonly states: number;
  /** [rows][2][units] per step: state · recurrent kernel of z and r. */
  readonly products: number;
  /** [rows][units] per step: factor · recurrent kernel of the candidate. */
  readonly inner: number;
  /** [rows][units] per step: r ∘ factor. */
  readonly reset: number;
  /** Bytes from one step to the next (`products`: twice as many), 0 where all steps share their buffers. */
  readonly stride: number;
}

/** `perStep`: each step has its own buffers, because backward needs the values of all steps. */
export function stepBuffers(start: number, units: number, time: number, rows: number, perStep: boolean): StepBuffers {
  const steps = perStep ? time : 1;
  const block = rows * units * 4;
  const states = start + 3 * time * block;
  const products = states + (steps + 1) * block;
  const inner = products + 2 * steps * block;
  return { gates: start, states, products, inner, reset: inner + steps * block, stride: perStep ? block : 0 };
}

/** Addresses in the workspace of a call. */
export interface GruWorkspace {
  /** The two parts of the recurrent kernel: [units][2·units] of z and r, [units][units] of the candidate. */
  readonly gateKernel: number;
  readonly candidateKernel: number;
  /** Their gradients. */
  readonly gateGradient: number;
  readonly candidateGradient: number;
  /** [rows][units]: gradients of the state after a step, and of `reset`. */
  readonly dState: number;
  readonly dReset: number;
  /** Step buffers of one group of samples, for inference. */
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
  return gruWorkspace(0, units, rows).steps + 4 * stepValues(units, time!, samplesPerGroup(units, time!, rows), 1);
}
