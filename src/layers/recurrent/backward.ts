import type { LayerCall } from '../../engine/layer-call.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { gruWorkspace, stepBuffers } from './buffers.ts';
import { splitKernel } from './forward.ts';
import type { GruOptions } from './options.ts';

/**
 * Backward through time, from the last step to the first. Gradients overwrite the values that forward saved, so that one
 * matrix product over all steps gives the gradient of each kernel.
 */
export function gruBackward(k: Kernels, c: LayerCall, o: GruOptions): void {
  const { units, returnSequences, goBackwards, resetAfter = true } = o;
  const { rows, scratch } = c;
  const [time, features] = c.inputShape as [number, number];
  /** Columns of the kernels: z, r and the candidate. */
  const columns = 3 * units;
  const w = gruWorkspace(c.workspace, units, rows);
  const b = stepBuffers(c.saved, units, time, rows, true);
  splitKernel(k, w, c.weights[1]!, units);
  const dState = returnSequences ? w.dState : c.dy;
  if (returnSequences) k.clear(dState, rows * units);
  for (let s = time - 1; s >= 0; s--) {
    const gates = b.gates + 4 * columns * (goBackwards ? time - 1 - s : s);
    const state = b.states + s * b.stride;
    const products = b.products + 2 * s * b.stride;
    const inner = b.inner + s * b.stride;
    const reset = b.reset + s * b.stride;
    const dy = returnSequences ? c.dy + 4 * s * units : 0;
    k.gruStateBackward(dState, resetAfter ? reset : inner, gates, state, dy, rows, units, time);
    if (resetAfter) {
      k.gruGatesBackward(inner, reset, gates, products, inner, rows, units, time);
      k.gemmNT(dState, inner, w.candidateKernel, rows, units, units, 1, scratch);
    } else {
      k.gemmNT(w.dReset, inner, w.candidateKernel, rows, units, units, 0, scratch);
      k.gruGatesBackward(w.dReset, w.dReset, gates, products, state, rows, units, time);
      k.add(dState, dState, w.dReset, rows * units);
    }
    k.gemmNT(dState, products, w.gateKernel, rows, units, 2 * units, 1, scratch);
  }
  const [kernel, recurrentKernel, bias] = c.gradients as [number, number, number?];
  const n = rows * time;
  k.gemmTN(kernel, c.x, b.gates, features, columns, n, 0, scratch, features);
  k.gemmTN(w.gateGradient, b.states, b.products, units, 2 * units, n, 0, scratch, units);
  k.gemmTN(w.candidateGradient, resetAfter ? b.states : b.reset, b.inner, units, units, n, 0, scratch, units);
  k.copyColumns(recurrentKernel, columns, 0, w.gateGradient, 2 * units, 0, 2 * units, units);
  k.copyColumns(recurrentKernel, columns, 2 * units, w.candidateGradient, units, 0, units, units);
  if (bias) {
    k.columnSums(bias, b.gates, n, columns);
    if (resetAfter) {
      k.columnSums(bias + 4 * columns, b.products, n, 2 * units);
      k.columnSums(bias + 4 * columns + 8 * units, b.inner, n, units);
    }
  }
  if (c.dx) k.gemmNT(c.dx, b.gates, c.weights[0]!, n, features, columns, 0, scratch);
}
