// From the big side to the small one: conv2d forward; and the gradient of its weights.

import type { Kernels } from '../../wasm/kernels.ts';
import type { Window } from './geometry.ts';
import { windows } from './sample-groups.ts';
import { convolve, pack, paddedBytes, panelBytes, type Room, room } from './workspace.ts';

/** A window in runs of values that lie side by side: whole rows of it, or single pixels where it is dilated. */
function runs({ y, x, c }: Window): { count: number; across: number; inner: number } {
  return x.dilation === 1
    ? { count: y.kernel, across: 1, inner: x.kernel * c }
    : { count: y.kernel * x.kernel, across: x.kernel, inner: c };
}

export function projectRoom(window: Window, base: number, samples: number): Room {
  const { y, x, c, n } = window;
  const taps = y.kernel * x.kernel;
  return room(base, samples, paddedBytes(window), y.small * x.small, taps, panelBytes(taps * c, n));
}

/** small = big * weights (+ bias), with relu where that is 1; weights [kernel height][kernel width][c][n]. */
export function project(
  k: Kernels,
  window: Window,
  r: Room,
  small: number,
  big: number,
  weights: number,
  bias: number,
  relu: number,
  samples: number,
  scratch: number,
): void {
  const { n } = window;
  const { count, across, inner } = runs(window);
  k.addressTable(r.weightTaps, weights, 1, 1, count, 0, 0, inner * n * 4);
  pack(k, r, count, inner, n, 0);
  const each = (out: number, m: number): void => {
    k.addressTable(r.outs, out, 1, 1, m, 0, 0, n * 4);
    convolve(k, r, m, n, count, inner, bias, relu, scratch);
  };
  windows(k, window, r, big, small, samples, each, across);
}

/** dw = Σ over places: window of `big` × `small`, the gradient of the weights of either direction. */
export function weightsGradient(
  k: Kernels,
  window: Window,
  r: Room,
  dw: number,
  big: number,
  small: number,
  samples: number,
  scratch: number,
): void {
  const { count, across, inner } = runs(window);
  const each = (dy: number, m: number, first: number): void =>
    k.convolveWeights(dw, r.rows, m, dy, window.n, r.taps, count, inner, first > 0 ? 1 : 0, scratch);
  windows(k, window, r, big, small, samples, each, across);
}
