// From the big side to the small one: conv2d forward; and the gradient of its weights.

import type { Kernels } from '../../wasm/kernels.ts';
import { FEW, groups, paddedBytes, padGroup, panelBytes, type Room, room, tapTable, windowTable } from './room.ts';
import type { Window } from './window.ts';

/** A window in runs of values that lie side by side: whole rows of it, or single pixels where it is dilated. */
function runs({ y, x, c }: Window): { count: number; across: number; inner: number } {
  return x.dilation === 1
    ? { count: y.kernel, across: 1, inner: x.kernel * c }
    : { count: y.kernel * x.kernel, across: x.kernel, inner: c };
}

export function projectRoom(window: Window, base: number, samples: number): Room {
  const { y, x, c, n } = window;
  return room(
    base,
    samples,
    paddedBytes(window),
    y.small * x.small,
    y.kernel * x.kernel,
    panelBytes(y.kernel * x.kernel * c, n),
  );
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
  const { y, x, c, n } = window;
  const { count, across, inner } = runs(window);
  const places = y.small * x.small;
  tapTable(k, window, r, across);
  k.addresses(r.weightTaps, weights, 1, 1, count, 0, 0, inner * n * 4);
  if (n <= FEW) k.packFew(r.panels, r.weightTaps, count, inner, n, 0);
  else k.packTaps(r.panels, r.weightTaps, count, inner, n, 0);
  groups(r, samples, (first, group) => {
    const m = group * places;
    padGroup(k, window, r, big + first * y.big * x.big * c * 4, group);
    windowTable(k, window, r, group);
    k.addresses(r.outs, small + first * places * n * 4, 1, 1, m, 0, 0, n * 4);
    if (n <= FEW) k.convolveFew(r.outs, r.rows, m, r.panels, n, r.taps, count, inner, bias, relu);
    else k.convolve(r.outs, r.rows, m, r.panels, n, r.taps, count, inner, bias, 0, relu, scratch);
  });
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
  const { y, x, c, n } = window;
  const { count, across, inner } = runs(window);
  const places = y.small * x.small;
  tapTable(k, window, r, across);
  groups(r, samples, (first, group) => {
    padGroup(k, window, r, big + first * y.big * x.big * c * 4, group);
    windowTable(k, window, r, group);
    const dy = small + first * places * n * 4;
    k.convolveWeights(dw, r.rows, group * places, dy, n, r.taps, count, inner, first > 0 ? 1 : 0, scratch);
  });
}
