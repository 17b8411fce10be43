// Windows of single channels: the depthwise half of a separable convolution.

import type { Kernels } from '../../wasm/kernels.ts';
import type { Window } from './geometry.ts';
import { borders, windows } from './sample-groups.ts';
import { paddedBytes, type Room, room } from './workspace.ts';

export function depthwiseRoom(window: Window, base: number, samples: number): Room {
  const { y, x } = window;
  return room(base, samples, paddedBytes(window), y.small * x.small, y.kernel * x.kernel, 0);
}

/** small [.., c·multiplier] = big * weights [height][width][c][multiplier] (+ bias). */
export function depthwiseForward(
  k: Kernels, window: Window, r: Room,
  small: number, big: number, weights: number, bias: number, samples: number,
): void {
  const { y, x, c, n } = window;
  windows(k, window, r, big, small, samples, (out, m) =>
    k.depthwise(out, r.rows, m, weights, bias, c, n / c, r.taps, y.kernel * x.kernel),
  );
} // biome-ignore format: addresses

/** The gradients of the weights and, unless `dBig` is 0, of big. */
export function depthwiseBackward(
  k: Kernels, window: Window, r: Room,
  dBig: number, dWeights: number, dSmall: number, big: number, weights: number, samples: number,
): void {
  const { y, x, c, n } = window;
  const taps = y.kernel * x.kernel;
  windows(k, window, r, big, dSmall, samples, (dy, m, first, group) => {
    k.depthwiseWeights(dWeights, r.rows, m, dy, c, n / c, r.taps, taps, first > 0 ? 1 : 0);
    if (!dBig) return;
    k.clear(r.padded, (group * paddedBytes(window)) / 4);
    k.depthwiseInput(r.rows, m, dy, weights, c, n / c, r.taps, taps);
    k.unpad(dBig + first * y.big * x.big * c * 4, r.padded, ...borders(group, window));
  });
} // biome-ignore format: addresses
