// The walk of a convolution's windows over samples, a group of them at a time.

import type { Kernels } from '../../wasm/kernels.ts';
import type { Window } from './geometry.ts';
import { paddedBytes, type Room } from './workspace.ts';

/**
 * Writes the tables of addresses: where each window begins in the padded group, and its taps. Of those, `across` stand
 * beside one another in a line of the window.
 */
export function tables(k: Kernels, window: Window, r: Room, samples: number, across = window.x.kernel): void {
  const { y, x, c } = window;
  const line = (x.before + x.big + x.behind) * c * 4;
  k.addressTable(r.taps, 0, 1, y.kernel, across, 0, y.dilation * line, x.dilation * c * 4);
  k.addressTable(r.rows, r.padded, samples, y.small, x.small, paddedBytes(window), y.stride * line, x.stride * c * 4);
}

/** Calls `each` for every group of samples: first sample, samples, places in all. */
export function groups(
  window: Window,
  r: Room,
  samples: number,
  each: (first: number, group: number, m: number) => void,
): void {
  for (let first = 0; first < samples; first += r.group) {
    const group = Math.min(r.group, samples - first);
    each(first, group, group * window.y.small * window.x.small);
  }
}

/** What kernels that pad the big side, or cut it out again, are called with. */
export const borders = (samples: number, { y, x, c }: Window) =>
  [samples, y.big, x.big, c, y.before, y.behind, x.before, x.behind] as const;

/** The same with the tables in place and the group padded; `each` has where its values of the small side begin, its places, first sample and samples. */
export function windows(
  k: Kernels,
  window: Window,
  r: Room,
  big: number,
  small: number,
  samples: number,
  each: (small: number, m: number, first: number, group: number) => void,
  across?: number,
): void {
  const { y, x, c, n } = window;
  groups(window, r, samples, (first, group, m) => {
    tables(k, window, r, group, across);
    k.pad(r.padded, big + first * y.big * x.big * c * 4, ...borders(group, window));
    each(small + first * y.small * x.small * n * 4, m, first, group);
  });
}
