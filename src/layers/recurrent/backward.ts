import type { LayerCall } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { gruWorkspace, stepBuffers } from './buffers.ts';
import { splitKernel } from './forward.ts';
import type { GruOptions } from './options.ts';

/**
 * Back through time, from the last step to the first. What forward kept becomes its gradient in place, so that the gradient
 * of each weight is one product over all steps.
 */
export function gruBackward(k: Kernels, c: LayerCall, o: GruOptions): void {
  const { units, returnSequences, goBackwards, resetAfter = true } = o;
  const { rows, scratch } = c;
  const [time, features] = c.inputShape as [number, number];
  const w = gruWorkspace(c.workspace, units, rows);
  const b = stepBuffers(c.saved, units, time, rows, true);
  splitKernel(k, w, c.weights[1]!, units);
  const dState = returnSequences ? w.dState : c.dy;
  if (returnSequences) k.clear(dState, rows * units);
  for (let s = time - 1; s >= 0; s--) {
    const gates = b.gates + 12 * units * (goBackwards ? time - 1 - s : s);
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
  k.gemmTN(kernel, c.x, b.gates, features, 3 * units, n, 0, scratch);
  k.gemmTN(w.gateGradient, b.states, b.products, units, 2 * units, n, 0, scratch);
  k.gemmTN(w.candidateGradient, resetAfter ? b.states : b.reset, b.inner, units, units, n, 0, scratch);
  k.copyColumns(recurrentKernel, 3 * units, 0, w.gateGradient, 2 * units, 0, 2 * units, units);
  k.copyColumns(recurrentKernel, 3 * units, 2 * units, w.candidateGradient, units, 0, units, units);
  if (bias) {
    k.columnSums(bias, b.gates, n, 3 * units);
    if (resetAfter) {
      k.columnSums(bias + 12 * units, b.products, n, 2 * units);
      k.columnSums(bias + 20 * units, b.inner, n, units);
    }
  }
  if (c.dx) k.gemmNT(c.dx, b.gates, c.weights[0]!, n, features, 3 * units, 0, scratch);
}
