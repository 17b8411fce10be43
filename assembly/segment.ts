// Rows added up by where they belong: the gradient of gathering them.

import { loadPart, storePart } from './simd';

/** y[rows][n] = x[n] in each row. */
export function broadcastRows(y: usize, x: usize, rows: i32, n: i32): void {
  const bytes = (<usize>n) << 2;
  for (let r = 0; r < rows; r++) {
    memory.copy(y, x, bytes);
    y += bytes;
  }
}

/** out[segments][n] = Σ over rows r with ids[r] = s: x[r][n]. Rows that belong to no segment are left out. */
export function segmentSum(out: usize, x: usize, ids: usize, rows: i32, n: i32, segments: i32): void {
  const bytes = (<usize>n) << 2;
  memory.fill(out, 0, <usize>segments * bytes);
  for (let r = 0; r < rows; r++) {
    const segment = load<i32>(ids + ((<usize>r) << 2));
    if (segment >= 0 && segment < segments) {
      const to = out + <usize>segment * bytes;
      for (let i = 0; i < n; i += 4) {
        const o = (<usize>i) << 2;
        const left = n - i;
        storePart(to + o, f32x4.add(loadPart(to + o, left), loadPart(x + o, left)), left);
      }
    }
    x += bytes;
  }
}
