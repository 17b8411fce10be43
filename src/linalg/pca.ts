// Principal components by a randomized singular value decomposition (Halko, Martinsson and Tropp, 2011). It uses additions,
// multiplications, divisions and square roots alone, so the result has the same bits on every runtime.

import { hashNoise } from '../core/portable-math.ts';
import { runToEnd, type Steps, scaleProgress } from '../core/progress.ts';
import { dot, type Table } from './table.ts';

/** Directions computed beyond the wanted ones, and rounds of power iteration. With these the error is below that of the data. */
const OVERSAMPLING = 8;
const ROUNDS = 4;

export interface PrincipalComponents {
  /** Orthonormal vectors, largest variance first. */
  readonly directions: readonly Float64Array[];
  /** Mean square of the rows' projections on each direction. The table is expected to have column means of 0. */
  readonly variances: readonly number[];
}

/**
 * Gram-Schmidt. Each vector is orthogonalized twice, because once leaves a rounding error. Vectors that depend linearly on
 * earlier ones are dropped. Changes `vectors`.
 */
function orthonormalize(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const lengthBefore = Math.sqrt(dot(vector, vector));
    for (let round = 0; round < 2; round++) {
      for (const other of basis) {
        const projection = dot(vector, other);
        for (let j = 0; j < vector.length; j++) vector[j]! -= projection * other[j]!;
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    if (!(length > 1e-10 * lengthBefore)) continue;
    for (let j = 0; j < vector.length; j++) vector[j]! /= length;
    basis.push(vector);
  }
  return basis;
}

/** tableᵀ · table · direction / rows for each direction. */
function* applyCovariance(
  { values, rows, columns }: Table,
  directions: readonly Float64Array[],
): Steps<Float64Array[]> {
  const images: Float64Array[] = [];
  for (const direction of directions) {
    const image = new Float64Array(columns);
    for (let i = 0; i < rows; i++) {
      const projection = dot(direction, values, i * columns) / rows;
      for (let j = 0; j < columns; j++) image[j]! += projection * values[i * columns + j]!;
    }
    images.push(image);
    yield images.length / directions.length;
  }
  return images;
}

/**
 * Diagonalizes the symmetric `matrix` by Jacobi's method, in place. The same rotations turn `basis` to the eigenvectors.
 */
function diagonalize(matrix: readonly Float64Array[], basis: readonly Float64Array[]): void {
  const size = matrix.length;
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = matrix[p]![q]!;
        if (off * off <= 1e-30 * Math.abs(matrix[p]![p]! * matrix[q]![q]!)) continue;
        const theta = (matrix[q]![q]! - matrix[p]![p]!) / (2 * off);
        const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        const sine = tangent * cosine;
        const rotate = (a: Float64Array, i: number, b: Float64Array, j: number): void => {
          const [first, second] = [a[i]!, b[j]!];
          a[i] = cosine * first - sine * second;
          b[j] = sine * first + cosine * second;
        };
        for (let j = 0; j < size; j++) rotate(matrix[p]!, j, matrix[q]!, j);
        for (const row of matrix) rotate(row, p, row, q);
        for (let j = 0; j < basis[p]!.length; j++) rotate(basis[p]!, j, basis[q]!, j);
      }
    }
  }
}

/**
 * The `count` principal components with the largest variances, or fewer where the rows span fewer directions. `rounds`: rounds
 * of power iteration.
 */
export function* pcaSteps(table: Table, count: number, rounds = ROUNDS): Steps<PrincipalComponents> {
  const { columns, rows } = table;
  const start = Array.from({ length: Math.min(count + OVERSAMPLING, rows, columns) }, (_, i) =>
    Float64Array.from({ length: columns }, (_, j) => hashNoise(i * columns + j)),
  );
  let basis = orthonormalize(start);
  const imagesIn = (round: number): Steps<Float64Array[]> =>
    scaleProgress(applyCovariance(table, basis), round / (rounds + 1), (round + 1) / (rounds + 1));
  for (let round = 0; round < rounds; round++) basis = orthonormalize(yield* imagesIn(round));
  // The covariance in the subspace of the basis: its eigenvectors are the principal components.
  const images = yield* imagesIn(rounds);
  const matrix = basis.map((a) => Float64Array.from(images, (b) => dot(a, b)));
  diagonalize(matrix, basis);
  const variances = matrix.map((row, i) => row[i]!);
  const order = [...basis.keys()].filter((i) => variances[i]! > 0).sort((a, b) => variances[b]! - variances[a]!);
  const best = order.slice(0, count);
  return { directions: best.map((i) => basis[i]!), variances: best.map((i) => variances[i]!) };
}

/** `pcaSteps` without pauses. */
export const pca = (...parameters: Parameters<typeof pcaSteps>): PrincipalComponents =>
  runToEnd(pcaSteps(...parameters));
