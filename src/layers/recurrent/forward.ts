import type { LayerCall } from '../../engine/layer-call.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { type GruWorkspace, gruWorkspace, samplesPerGroup, stepBuffers } from './buffers.ts';
import type { GruOptions } from './options.ts';

/** Copies the two parts of the recurrent kernel to matrices in the workspace. */
export function splitKernel(
  k: Kernels,
  { gateKernel, candidateKernel }: GruWorkspace,
  kernel: number,
  n: number,
): void {
  k.copyColumns(gateKernel, 2 * n, 0, kernel, 3 * n, 0, 2 * n, n);
  k.copyColumns(candidateKernel, n, 0, kernel, 3 * n, 2 * n, n, n);
}

/** One product x·kernel for all time steps of a group of samples. Then each step, for all samples of the group at once. */
export function gruForward(k: Kernels, c: LayerCall, o: GruOptions): void {
  const { units, returnSequences, goBackwards, resetAfter = true } = o;
  const [time, features] = c.inputShape as [number, number];
  const [kernel, recurrentKernel, bias = 0] = c.weights as [number, number, number?];
  /** Columns of the kernels: z, r and the candidate. */
  const columns = 3 * units;
  const gateBias = bias && resetAfter ? bias + 4 * columns : 0;
  const candidateBias = gateBias && gateBias + 8 * units;
  const w = gruWorkspace(c.workspace, units, c.rows);
  splitKernel(k, w, recurrentKernel, units);
  const group = c.saved ? c.rows : samplesPerGroup(units, time, c.rows);
  for (let first = 0; first < c.rows; first += group) {
    const rows = Math.min(group, c.rows - first);
    const b = stepBuffers(c.saved || w.steps, units, time, rows, c.saved > 0);
    const y = c.y + first * c.outputSize * 4;
    k.gemm(b.gates, c.x + first * c.inputSize * 4, kernel, bias, rows * time, columns, features, 0, c.scratch);
    k.clear(b.states, rows * units);
    let state = b.states;
    for (let s = 0; s < time; s++) {
      const gates = b.gates + 4 * columns * (goBackwards ? time - 1 - s : s);
      const products = b.products + 2 * s * b.stride;
      const inner = b.inner + s * b.stride;
      const reset = b.reset + s * b.stride;
      const next = state + b.stride;
      k.gemm(products, state, w.gateKernel, gateBias, rows, 2 * units, units, 0, c.scratch);
      if (resetAfter) k.gemm(inner, state, w.candidateKernel, candidateBias, rows, units, units, 0, c.scratch);
      k.gruGates(reset, gates, products, resetAfter ? inner : state, rows, units, time);
      if (!resetAfter) k.gemm(inner, reset, w.candidateKernel, 0, rows, units, units, 0, c.scratch);
      k.gruState(next, state, gates, resetAfter ? reset : inner, rows, units, time);
      if (returnSequences) k.copyColumns(y, time * units, s * units, next, units, 0, units, rows);
      state = next;
    }
    if (!returnSequences) k.copyColumns(y, units, 0, state, units, 0, units, rows);
  }
}
