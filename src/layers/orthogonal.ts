import { sizeOf } from '../core/shape.ts';
import type { CustomInitializer } from '../engine/layer-definition.ts';

/**
 * A matrix `[rows, columns]` with orthonormal rows, rows <= columns (Saxe et al., Exact solutions to the nonlinear dynamics
 * of learning in deep linear neural networks, 2013): nearly normal random rows after the modified Gram–Schmidt process, in
 * float64 with + - * / sqrt alone, so that all runtimes get the same bits. Takes 2·rows²·columns multiplications.
 */
export const orthogonal: CustomInitializer = (shape, randomWords) => {
  const values = new Float64Array(sizeOf(shape));
  // The sum of four bytes is nearly normal. Its mean is 510; less 509.5 no value is zero, and so no row.
  randomWords(values.length, (words, from) => {
    words.forEach((w, i) => {
      values[from + i] = (w & 255) + ((w >>> 8) & 255) + ((w >>> 16) & 255) + (w >>> 24) - 509.5;
    });
  });
  const [rows, columns] = shape as [number, number];
  const row = (i: number): Float64Array => values.subarray(i * columns, (i + 1) * columns);
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += a[j]! * b[j]!;
    return sum;
  };
  for (let i = 0; i < rows; i++) {
    const current = row(i);
    const norm = Math.sqrt(dot(current, current));
    for (let j = 0; j < columns; j++) current[j]! /= norm;
    for (let below = i + 1; below < rows; below++) {
      const other = row(below);
      const projection = dot(current, other);
      for (let j = 0; j < columns; j++) other[j]! -= projection * current[j]!;
    }
  }
  return values;
};
