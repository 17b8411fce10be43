// Windows of single channels: the depthwise half of a separable convolution.

import type { Kernels } from '../../wasm/kernels.ts';
import type { Call, Shape } from '../layer.ts';
import { groups, paddedBytes, padGroup, type Room, room, tapTable, windowTable } from './room.ts';
import { axes, image, type Window, type WindowOptions } from './window.ts';

interface Options extends WindowOptions {
  readonly depthMultiplier?: number;
}

/** The window of a depthwise convolution. Errors: RangeError where it does not fit in. */
export const depthwiseWindow = (o: Options, input: Shape, name = 'input'): Window => ({
  ...axes(o, image(input, name), name),
  c: input[2]!,
  n: input[2]! * (o.depthMultiplier ?? 1),
});

/** That of a call, worked out at the first. */
export function windowAt(c: Call, o: Options): Window {
  c.memo ??= depthwiseWindow(o, c.inputShape);
  return c.memo as Window;
}

export function depthwiseRoom(window: Window, base: number, samples: number): Room {
  const { y, x } = window;
  return room(base, samples, paddedBytes(window), y.small * x.small, y.kernel * x.kernel, 0);
}

/** Writes the tables of taps and of windows for a group of samples. */
export function tables(k: Kernels, window: Window, r: Room, group: number): void {
  tapTable(k, window, r, window.x.kernel);
  windowTable(k, window, r, group);
}

/** small [.., c·multiplier] = big * weights [height][width][c][multiplier] (+ bias). */
export function depthwiseForward(
  k: Kernels, window: Window, r: Room,
  small: number, big: number, weights: number, bias: number, samples: number,
): void {
  const { y, x, c, n } = window;
  const multiplier = n / c;
  groups(r, samples, (first, group) => {
    tables(k, window, r, group);
    padGroup(k, window, r, big + first * y.big * x.big * c * 4, group);
    const out = small + first * y.small * x.small * n * 4;
    k.depthwise(out, r.rows, group * y.small * x.small, weights, bias, c, multiplier, r.taps, y.kernel * x.kernel);
  });
} // biome-ignore format: addresses

/** The gradients of the weights and, unless `dBig` is 0, of big. */
export function depthwiseBackward(
  k: Kernels, window: Window, r: Room,
  dBig: number, dWeights: number, dSmall: number, big: number, weights: number, samples: number,
): void {
  const { y, x, c, n } = window;
  const multiplier = n / c;
  const taps = y.kernel * x.kernel;
  groups(r, samples, (first, group) => {
    tables(k, window, r, group);
    const m = group * y.small * x.small;
    const from = first * y.big * x.big * c * 4;
    const dy = dSmall + first * y.small * x.small * n * 4;
    padGroup(k, window, r, big + from, group);
    k.depthwiseWeights(dWeights, r.rows, m, dy, c, multiplier, r.taps, taps, first > 0 ? 1 : 0);
    if (!dBig) return;
    k.clear(r.padded, (group * paddedBytes(window)) / 4);
    k.depthwiseInput(r.rows, m, dy, weights, c, multiplier, r.taps, taps);
    k.unpad(dBig + from, r.padded, group, y.big, x.big, c, y.before, y.behind, x.before, x.behind);
  });
} // biome-ignore format: addresses
