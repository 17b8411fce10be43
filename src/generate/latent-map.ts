import { sizeOf } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { columnMeans } from '../detect/normal-statistics.ts';
import { dot, pca } from '../linalg/pca.ts';
import { engineOf, type Model } from '../model/model.ts';

/**
 * Rounds of refinement, of which codes of ten values and fewer need none: those of 20 values of random data are then
 * within 1e-5. A detector does with fewer.
 */
const ROUNDS = 14;

/**
 * A place in the plane for each sample, `[x, y]` end to end: its code, seen along the two directions in which codes vary
 * most (principal components; Pearson, 1901), the mean at the origin. A code of two values is its own place, one of a
 * single value lies on the first axis. Synchronous: nothing else runs meanwhile. Errors: TypeError, RangeError when the
 * samples do not fit.
 */
export function latentMap(model: Model, x: Samples): Float32Array<ArrayBuffer> {
  engineOf(model);
  const codes = model.encode(x);
  const columns = sizeOf(model.latentShape);
  const rows = codes.length / columns;
  const map = new Float32Array(2 * rows);
  if (columns < 3) {
    codes.forEach((value, i) => {
      map[(2 * i) / columns] = value;
    });
    return map;
  }
  const mean = columnMeans({ values: codes, rows, columns }, (value) => value);
  const values = Float64Array.from(codes, (value, i) => value - mean[i % columns]!);
  pca({ values, rows, columns }, 2, ROUNDS).rows.forEach((direction, axis) => {
    // A direction and its opposite are as good: the one whose largest part is positive.
    const top = direction.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    for (let i = 0; i < rows; i++) map[2 * i + axis] = Math.sign(top) * dot(direction, values, i * columns);
  });
  return map;
}
