// The directions in which rows vary most: a randomised singular value decomposition (Halko, Martinsson and Tropp,
// 2011) out of additions, multiplications and roots alone, so that it gives the same bits on every runtime.

import { type Steps, scaleProgress } from '../core/progress.ts';
import { runToEnd } from '../engine/measure.ts';

/** Directions tried beside those asked for, and rounds of refinement: with these, the error is below that of the data. */
const EXTRA = 8;
const ROUNDS = 4;

/** Rows of one length, end to end. */
export interface Table {
  readonly values: Float32Array | Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Orthonormal `rows`, largest variance first, and the mean square of the table's rows along each. */
export interface PrincipalComponents {
  readonly rows: readonly Float64Array[];
  readonly variances: readonly number[];
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>, at = 0): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[at + j]!;
  return sum;
}

/** Numbers in (-1, 1) that look random: an integer hash of the place (the finalizer of MurmurHash3). */
export function hashNoise(i: number): number {
  let h = (i + 1) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) / 2 ** 31;
}

/** Gram-Schmidt, twice because once leaves what rounding puts back. What depends on the rows before is dropped. */
function orthonormal(rows: readonly Float64Array[]): Float64Array[] {
  const kept: Float64Array[] = [];
  for (const row of rows) {
    const before = Math.sqrt(dot(row, row));
    for (let round = 0; round < 2; round++) {
      for (const other of kept) {
        const along = dot(row, other);
        for (let j = 0; j < row.length; j++) row[j]! -= along * other[j]!;
      }
    }
    const length = Math.sqrt(dot(row, row));
    if (!(length > 1e-10 * before)) continue;
    for (let j = 0; j < row.length; j++) row[j]! /= length;
    kept.push(row);
  }
  return kept;
}

/** tableᵀ · table · direction for each direction: what lies along large variances grows most. */
function* applyCovariance(
  { values, rows, columns }: Table,
  directions: readonly Float64Array[],
): Steps<Float64Array[]> {
  const all: Float64Array[] = [];
  for (const direction of directions) {
    const grown = new Float64Array(columns);
    for (let i = 0; i < rows; i++) {
      const along = dot(direction, values, i * columns) / rows;
      for (let j = 0; j < columns; j++) grown[j]! += along * values[i * columns + j]!;
    }
    all.push(grown);
    yield all.length / directions.length;
  }
  return all;
}

/** Turns `rows` to the eigenvectors of the symmetric `matrix` in their span: Jacobi's method, sweep by sweep. */
function diagonalize(matrix: readonly Float64Array[], rows: readonly Float64Array[]): void {
  const size = matrix.length;
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = matrix[p]![q]!;
        if (off * off <= 1e-30 * Math.abs(matrix[p]![p]! * matrix[q]![q]!)) continue;
        const theta = (matrix[q]![q]! - matrix[p]![p]!) / (2 * off);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        const turn = (a: Float64Array, i: number, b: Float64Array, j: number): void => {
          [a[i], b[j]] = [c * a[i]! - s * b[j]!, s * a[i]! + c * b[j]!];
        };
        for (let j = 0; j < size; j++) turn(matrix[p]!, j, matrix[q]!, j);
        for (const row of matrix) turn(row, p, row, q);
        for (let j = 0; j < rows[p]!.length; j++) turn(rows[p]!, j, rows[q]!, j);
      }
    }
  }
}

/** At most `most` directions: fewer where the rows span fewer. */
export function* pcaSteps(table: Table, most: number, rounds = ROUNDS): Steps<PrincipalComponents> {
  const { columns, rows } = table;
  const count = Math.min(most + EXTRA, rows, columns);
  const start = Array.from({ length: count }, (_, i) =>
    Float64Array.from({ length: columns }, (_, j) => hashNoise(i * columns + j)),
  );
  let basis = orthonormal(start);
  const grownBy = (round: number): Steps<Float64Array[]> =>
    scaleProgress(applyCovariance(table, basis), round / (rounds + 1), (round + 1) / (rounds + 1));
  for (let round = 0; round < rounds; round++) basis = orthonormal(yield* grownBy(round));
  const grown = yield* grownBy(rounds);
  const matrix = basis.map((a) => Float64Array.from(grown, (b) => dot(a, b)));
  diagonalize(matrix, basis);
  const variances = matrix.map((row, i) => row[i]!);
  const order = [...basis.keys()].filter((i) => variances[i]! > 0).sort((a, b) => variances[b]! - variances[a]!);
  const best = order.slice(0, most);
  return { rows: best.map((i) => basis[i]!), variances: best.map((i) => variances[i]!) };
}

/** The same at once. */
export const pca = (...given: Parameters<typeof pcaSteps>): PrincipalComponents => runToEnd(pcaSteps(...given));
