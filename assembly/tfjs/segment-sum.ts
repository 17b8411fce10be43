// The sum of rows by segment: the gradient of a gather.

import { loadPart, storePart } from '../simd';

/** out[s][n] = Σ of x[r][n] over the rows r with ids[r] = s, for `segments` segments. Other ids are ignored. */
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
