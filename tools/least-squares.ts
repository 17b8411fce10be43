// The best linear map with an offset, by least squares, for comparison.

/** Replaces the lower triangle of a matrix of `n` rows by its Cholesky factor. */
function factorize(matrix: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!;
      matrix[i * n + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * n + j]!;
    }
  }
}

/** Subtracts `factor` times row `source` from row `target` of a matrix with rows of `width`. */
function subtractRow(rows: Float64Array, width: number, target: number, source: number, factor: number): void {
  for (let k = 0; k < width; k++) rows[target * width + k]! -= factor * rows[source * width + k]!;
}

/**
 * Fits the linear map with an offset from samples `x` of `size` values to as many `y`, by least squares. `ridge` is added
 * to the mean square of each value of x. Gives a function that applies the map to other samples, end to end.
 */
export function linearMap(x: Float32Array, y: Float32Array, size: number, ridge: number) {
  const n = size + 1;
  const products = new Float64Array(n * n);
  const weights = new Float64Array(n * size);
  const row = new Float64Array(n).fill(1);
  for (let first = 0; first < x.length; first += size) {
    row.set(x.subarray(first, first + size));
    for (let i = 0; i < n; i++) {
      const value = row[i]!;
      for (let j = 0; j <= i; j++) products[i * n + j]! += value * row[j]!;
      for (let k = 0; k < size; k++) weights[i * size + k]! += value * y[first + k]!;
    }
  }
  for (let i = 0; i < size; i++) products[i * n + i]! += (ridge * x.length) / size;
  factorize(products, n);
  const divide = (i: number): void => {
    for (let k = 0; k < size; k++) weights[i * size + k]! /= products[i * n + i]!;
  };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) subtractRow(weights, size, i, j, products[i * n + j]!);
    divide(i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) subtractRow(weights, size, i, j, products[j * n + i]!);
    divide(i);
  }
  return (samples: Float32Array): Float32Array => {
    const out = new Float32Array(samples.length);
    const sums = new Float64Array(size);
    for (let first = 0; first < samples.length; first += size) {
      sums.set(weights.subarray(size * size));
      for (let i = 0; i < size; i++) {
        const value = samples[first + i]!;
        for (let k = 0; k < size; k++) sums[k]! += value * weights[i * size + k]!;
      }
      out.set(sums, first);
    }
    return out;
  };
}
