// Calls of the kernels of 8-bit layers for guards.test.ts.
import { each, type Fence } from './fence.ts';

/** Windows of 3 × 2 taps over 6 × 5 padded pixels of c integers, relative to x, behind which 32 bytes may be read. */
function integerWindows(f: Fence, c: number) {
  const line = 5 * c * 2;
  const at = (rows: number, columns: number): number[] =>
    Array.from({ length: rows * columns }, (_, i) => Math.floor(i / columns) * line + (i % columns) * c * 2);
  return { x: f.in((6 * line) / 4 + 8), places: 16, rows: f.words(at(4, 4)), tapTable: f.words(at(3, 2)) };
}

/** int8 weights of k products in panels of 8 columns. */
const weightPanels = (f: Fence, n: number, k: number): number => f.in(Math.ceil(n / 8) * Math.ceil(k / 2) * 4);

/** A block for floats, or for integers where there is a range: then an odd count leaves half of the last word as it is. */
const outputBlock = (f: Fence, count: number, range: number): number =>
  range ? f.both(Math.ceil(count / 2)) : f.out(count);

/** What outputTable writes. */
const outputs = (f: Fence, n: number): number => f.in(Math.ceil(n / 8) * 16);

/** n is 1, 2, 3 … : sizes, channels, columns. */
export const integerCases: Readonly<Record<string, (f: Fence, n: number) => void>> = {
  addressTable: (f, n) => f.k.addressTable!(f.out(2 * 3 * n), 4096, 2, 3, n, 1000, 100, 4),
  depthwiseIntegers: (f, n) => {
    for (const multiplier of [1, 2])
      for (const range of [0, 1]) {
        const w = integerWindows(f, n);
        const c = n * multiplier;
        f.k.depthwiseIntegers!(outputBlock(f, w.places * c, range), w.x, w.rows, w.places, weightPanels(f, c, 6), n, multiplier, w.tapTable, 6, outputs(f, c), 1, range && f.in(2, [0.01, -3]), f.scratch);
      }
  },
  convolveIntegersNarrow: (f, n) => {
    if (n > 3) return;
    for (const range of [0, 1]) {
      const w = integerWindows(f, 3);
      const y = outputBlock(f, w.places * n, range);
      const outs = f.words(Array.from({ length: w.places }, (_, p) => p * n * (range ? 2 : 4)));
      f.k.convolveIntegersNarrow!(y, outs, w.x, w.rows, w.places, f.in((n * 6 * 8) / 4), n, w.tapTable, 6, 8, outputs(f, n), 0, range && f.in(2, [0.01, -3]), f.scratch);
      if (!range) f.k.convolveIntegersNarrow!(f.out(3 * n), outs, w.x, w.rows, 3, f.in((n * 6 * 8) / 4), n, w.tapTable, 6, 8, outputs(f, n), 0, 0, f.scratch);
    }
  },
  packWindows: (f, n) => {
    const w = integerWindows(f, n);
    f.k.packWindows!(f.out(Math.ceil(w.places / 4) * 4 * 6 * Math.ceil(n / 2)), w.x, w.rows, w.places, w.tapTable, 6, n);
  },
  padIntegers: (f, n) => f.k.padIntegers!(f.out((2 * 6 * 6 * 2 * n) / 2), f.in((2 * 3 * 4 * 2 * n) / 2), 2, 3, 4, 2 * n, 1, 2, 2, 0),
  multiplyIntegers: (f, n) => {
    for (const [m, pairs] of [[4, 1], [9, 3], [3, 2]] as const)
      for (const range of [0, 1]) {
        const y = outputBlock(f, m * n, range);
        const outs = range ? f.words(Array.from({ length: m }, (_, r) => r * n * 2)) : 0;
        f.k.multiplyIntegers!(y, outs, f.in(Math.ceil(m / 4) * 4 * pairs), weightPanels(f, n, 2 * pairs), outputs(f, n), m, n, pairs, 1 - range, range && f.in(2, [0.01, -3]), f.scratch);
      }
  },
  denseIntegers: (f, n) => {
    for (const [m, k] of [[1, 7], [3, 8], [5, 3]] as const)
      for (const next of [0, 1]) {
        const y = outputBlock(f, m * n, next);
        const x = f.in(m * k);
        f.k.denseIntegers!(y, x, weightPanels(f, n, k), f.in(n), f.in(n), f.in(2, [0.01, -3]), next && f.in(2, [0.01, -3]), m, n, k, 1 - next, 0, f.scratch);
        f.k.denseIntegers!(f.out(m * n), f.in(Math.ceil((m * k) / 2)), weightPanels(f, n, k), f.in(n), f.in(n), f.in(2, [0.01, -3]), 0, m, n, k, 1, 1, f.scratch);
      }
  },
  outputTable: (f, n) => each([0, 1], (next) => f.k.outputTable!(f.out(Math.ceil(n / 8) * 16), f.in(n), f.in(n), n, f.in(2, [0.01, -3]), next && f.in(2, [0.02, 0]))),
  approximateSigmoid: (f, n) => f.k.approximateSigmoid!(f.both(n), n),
  toIntegers: (f, n) => f.k.toIntegers!(outputBlock(f, n, 1), f.in(n), n, f.in(2, [0.01, -3])),
}; // biome-ignore format: lists of arguments
