import { sizeOf } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { pca } from '../linalg/pca.ts';
import { columnMeans, dot } from '../linalg/table.ts';
import { engineOf, type Model } from '../model/model.ts';

/**
 * Rounds of power iteration. Codes of up to ten values need none; with 14, the map of random codes of 20 values is within 1e-5.
 * The default of `pca`, which detectors use, is less exact.
 */
const ROUNDS = 14;

/**
 * Maps each sample to a point of the plane: the projections of its code, minus the mean code, on the two principal components
 * of all codes (Pearson, 1901). Returns n points `[x, y]` in one array. A code of two values is its own point; a code of one
 * value lies on the first axis. Synchronous: it blocks the event loop.
 *
 * Errors: TypeError; RangeError for samples that do not fit the model.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, fit, latentMap } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 300 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 6 }), { seed: 1 });
 * await fit(model, x, { epochs: 20, deterministic: true });
 * const points = latentMap(model, x);
 * console.log(points.length / 2); // points [x, y] for a plot
 * // prints 300
 * ```
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
  pca({ values, rows, columns }, 2, ROUNDS).directions.forEach((direction, axis) => {
    // The sign of a direction is arbitrary. It is chosen so that the component with the largest absolute value is positive.
    const largest = direction.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    for (let i = 0; i < rows; i++) map[2 * i + axis] = Math.sign(largest) * dot(direction, values, i * columns);
  });
  return map;
}
