// From the small side to the big one: conv2dTranspose forward, and the gradient of conv2d's input. With stride s
// the places of the big side fall into s phases in each direction. Those of one phase see the same taps of the window,
// every s-th, at neighbouring places of the small side: each phase is a convolution of its own, without zeros in it.

import type { Kernels } from '../../wasm/kernels.ts';
import type { Axis, Window } from './geometry.ts';
import { groups } from './sample-groups.ts';
import { convolve, pack, panelBytes, type Room, room } from './workspace.ts';

/** One phase of one axis. */
interface Phase {
  /** The first place on the big side, and how many there are, a stride apart. */
  readonly first: number;
  readonly places: number;
  /** The last tap, taps, and the distance between them; they go backwards. */
  readonly tap: number;
  readonly taps: number;
  readonly between: number;
  /** The place on the small side that the last tap sees from the first place, and the step from tap to tap. */
  readonly origin: number;
  readonly step: number;
}

const gcd = (a: number, b: number): number => (b ? gcd(b, a % b) : a);

function phases({ big, kernel, stride, dilation, before }: Axis): Phase[] {
  const divisor = gcd(stride, dilation);
  const [between, step] = [stride / divisor, dilation / divisor];
  return Array.from({ length: Math.min(stride, big) }, (_, first): Phase => {
    const list = [...Array(kernel).keys()].filter((tap) => (first + before - tap * dilation) % stride === 0);
    const tap = list[list.length - 1] ?? 0;
    const origin = list.length ? (first + before - tap * dilation) / stride : 0;
    return { first, places: Math.ceil((big - first) / stride), tap, taps: list.length, between, origin, step };
  });
}

/** A spread worked out: its phases, and the zeros that the small side needs around it. */
export interface Spread {
  readonly window: Window;
  readonly y: readonly Phase[];
  readonly x: readonly Phase[];
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

function around(list: readonly Phase[], small: number): [number, number] {
  const used = list.filter((phase) => phase.taps > 0);
  const low = Math.min(0, ...used.map(({ origin }) => origin));
  const high = Math.max(0, ...used.map(({ origin, places, taps, step }) => origin + places - 1 + (taps - 1) * step));
  return [-low, Math.max(0, high - (small - 1))];
}

export function spreadOf(window: Window): Spread {
  const [y, x] = [phases(window.y), phases(window.x)];
  const [[top, bottom], [left, right]] = [around(y, window.y.small), around(x, window.x.small)];
  return { window, y, x, top, bottom, left, right };
}

const line = ({ window: { x, n }, left, right }: Spread): number => (left + x.small + right) * n * 4;
const sample = (spread: Spread): number => (spread.top + spread.window.y.small + spread.bottom) * line(spread);

export function spreadRoom(spread: Spread, base: number, samples: number): Room {
  const { y, x, c, n } = spread.window;
  const places = Math.ceil(y.big / y.stride) * Math.ceil(x.big / x.stride);
  return room(base, samples, sample(spread), places, y.kernel * x.kernel, panelBytes(y.kernel * x.kernel * n, c));
}

/** big = the transpose of the convolution with `weights` [kernel height][kernel width][c][n], on small (+ bias), with relu where that is 1. */
export function spread(
  k: Kernels,
  s: Spread,
  r: Room,
  big: number,
  small: number,
  weights: number,
  bias: number,
  relu: number,
  samples: number,
  scratch: number,
): void {
  const { y, x, c, n } = s.window;
  const [row, pixel, tapBytes] = [line(s), n * 4, c * n * 4];
  groups(s.window, r, samples, (first, group) => {
    k.pad(
      r.padded,
      small + first * y.small * x.small * n * 4,
      group,
      y.small,
      x.small,
      n,
      s.top,
      s.bottom,
      s.left,
      s.right,
    );
    const out = big + first * y.big * x.big * c * 4;
    for (const py of s.y) {
      for (const px of s.x) {
        const taps = py.taps * px.taps;
        const start = weights + (py.tap * x.kernel + px.tap) * tapBytes;
        k.addressTable(
          r.weightTaps,
          start,
          1,
          py.taps,
          px.taps,
          0,
          -py.between * x.kernel * tapBytes,
          -px.between * tapBytes,
        );
        // Neighbouring places of the small side are one run.
        const merged = px.step === 1;
        const across = merged ? 1 : px.taps;
        k.addressTable(r.taps, 0, 1, py.taps, across, 0, py.step * row, px.step * pixel);
        const [count, inner] = merged ? [taps ? py.taps : 0, px.taps * n] : [taps, n];
        const origin = r.padded + (py.origin + s.top) * row + (px.origin + s.left) * pixel;
        k.addressTable(r.rows, origin, group, py.places, px.places, sample(s), row, pixel);
        const corner = out + (py.first * x.big + px.first) * c * 4;
        const [bigRow, bigPixel] = [y.stride * x.big * c * 4, x.stride * c * 4];
        k.addressTable(r.outs, corner, group, py.places, px.places, y.big * x.big * c * 4, bigRow, bigPixel);
        const m = group * py.places * px.places;
        pack(k, r, taps, n, c, 1);
        convolve(k, r, m, c, count, inner, bias, relu, scratch);
      }
    }
  });
}
