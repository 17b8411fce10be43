// Windows of single channels: the depthwise half of a separable convolution.

import type { Kernels } from '../../wasm/kernels.ts';
import { paddedBytes, type Room, room } from './room.ts';
import type { Window } from './window.ts';

export function depthwiseRoom(window: Window, base: number, samples: number): Room {
  const { y, x } = window;
  return room(base, samples, paddedBytes(window), y.small * x.small, y.kernel * x.kernel, 0);
}

const lineOf = ({ x, c }: Window): number => (x.before + x.big + x.behind) * c * 4;

export function tables(k: Kernels, window: Window, r: Room, samples: number): void {
  const { y, x, c } = window;
  const line = lineOf(window);
  k.addresses(r.taps, 0, 1, y.kernel, x.kernel, 0, y.dilation * line, x.dilation * c * 4);
  k.addresses(r.rows, r.padded, samples, y.small, x.small, paddedBytes(window), y.stride * line, x.stride * c * 4);
}

/** Calls `each` for every group of samples, its tables in place: first sample, samples, places in all. */
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

/** small [.., c·multiplier] = big * weights [height][width][c][multiplier] (+ bias). */
export function depthwiseForward(
  k: Kernels, window: Window, multiplier: number, r: Room,
  small: number, big: number, weights: number, bias: number, samples: number,
): void {
  const { y, x, c } = window;
  const n = c * multiplier;
  groups(window, r, samples, (first, group, m) => {
    tables(k, window, r, group);
    k.pad(r.padded, big + first * y.big * x.big * c * 4, group, y.big, x.big, c, y.before, y.behind, x.before, x.behind);
    const out = small + first * y.small * x.small * n * 4;
    k.depthwise(out, r.rows, m, weights, bias, c, multiplier, r.taps, y.kernel * x.kernel);
  });
} // biome-ignore format: addresses

/** The gradients of the weights and, unless `dBig` is 0, of big. */
export function depthwiseBackward(
  k: Kernels, window: Window, multiplier: number, r: Room,
  dBig: number, dWeights: number, dSmall: number, big: number, weights: number, samples: number,
): void {
  const { y, x, c } = window;
  const n = c * multiplier;
  const taps = y.kernel * x.kernel;
  groups(window, r, samples, (first, group, m) => {
    tables(k, window, r, group);
    const from = first * y.big * x.big * c * 4;
    const dy = dSmall + first * y.small * x.small * n * 4;
    k.pad(r.padded, big + from, group, y.big, x.big, c, y.before, y.behind, x.before, x.behind);
    k.depthwiseWeights(dWeights, r.rows, m, dy, c, multiplier, r.taps, taps, first > 0 ? 1 : 0);
    if (!dBig) return;
    k.clear(r.padded, (group * paddedBytes(window)) / 4);
    k.depthwiseInput(r.rows, m, dy, weights, c, multiplier, r.taps, taps);
    k.unpad(dBig + from, r.padded, group, y.big, x.big, c, y.before, y.behind, x.before, x.behind);
  });
} // biome-ignore format: addresses
