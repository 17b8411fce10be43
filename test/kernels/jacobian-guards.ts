// Calls of the kernels of the exact contractive penalty for guards.test.ts.
import type { Fence } from './fence.ts';

/** n is 1, 2, 3 …: codes, units, or the size of a matrix. */
export const jacobianCases: Readonly<Record<string, (f: Fence, n: number) => void>> = {
  joinPanels: (f, n) => {
    f.k.joinPanels!(f.out(n * n), f.in(n * n), n, n);
    // Row i of a panel of `height` rows has the columns from the first row of the panel on.
    const size = (height: number): number =>
      Array.from({ length: n }, (_, i) => n - i + (i % height)).reduce((a, b) => a + b, 0);
    for (const height of [1, 2]) f.k.joinPanels!(f.out(n * n), f.in(size(height)), n, height);
  },
  scaleJacobian: (f, n) => {
    f.k.scaleJacobian!(f.out(2 * 3 * n), f.in(2 * n), 1, f.in(3 * n), f.in(3 * 2), 3, n, 2);
    f.k.scaleJacobian!(f.out(n * 3 * 2), f.in(n * 3 * 2), 0, f.in(3 * 2), f.in(3 * n), 3, 2, n);
  },
  scaleJacobianBackward: (f, n) => {
    f.k.scaleJacobianBackward!(
      f.both(2 * n),
      f.in(2 * 3 * n),
      f.in(2 * n),
      1,
      f.in(3 * n),
      f.out(3 * n),
      f.in(3 * 2),
      f.out(3 * 2),
      3,
      n,
      2,
    );
    f.k.scaleJacobianBackward!(
      f.out(n * 3 * 2),
      f.in(n * 3 * 2),
      f.in(n * 3 * 2),
      0,
      f.in(3 * 2),
      f.out(3 * 2),
      f.in(3 * n),
      f.out(3 * n),
      3,
      2,
      n,
    );
  },
};
