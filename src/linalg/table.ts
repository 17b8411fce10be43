// Tables of numbers: rows of one length in one array.

export interface Table {
  /** `[rows, columns]`, row-major. */
  readonly values: Float32Array | Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** The dot product of `a` and the values of `b` from `offset` on. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>, offset = 0): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[offset + j]!;
  return sum;
}

/** The mean of each column after `transform`, which gets a value and its column. */
export function columnMeans(
  { values, rows, columns }: Table,
  transform: (value: number, column: number) => number,
): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0, row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) sums[column]! += transform(values[i++]!, column);
  }
  return sums.map((sum) => sum / rows);
}
