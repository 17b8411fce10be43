// The error of the best linear code, for comparison: principal components in float64, independent of the package.

const SIZE = 784;
/** Additional axes of the iteration, with which the last wanted axis converges as fast as the first. */
const ADDITIONAL_AXES = 16;
const ITERATIONS = 12;

/** Mean and covariance of images of bytes, each read as value / 255. Pixels of 0, which are most, are skipped. */
function moments(images: Uint8Array): { mean: Float64Array; covariance: Float64Array } {
  const count = images.length / SIZE;
  const mean = new Float64Array(SIZE);
  const covariance = new Float64Array(SIZE * SIZE);
  const nonZero = new Uint16Array(SIZE);
  for (let i = 0; i < count; i++) {
    const image = images.subarray(i * SIZE, (i + 1) * SIZE);
    let n = 0;
    for (let j = 0; j < SIZE; j++) if (image[j]) nonZero[n++] = j;
    for (let a = 0; a < n; a++) {
      const j = nonZero[a]!;
      const value = image[j]!;
      mean[j]! += value;
      for (let b = 0; b < n; b++) covariance[j * SIZE + nonZero[b]!]! += value * image[nonZero[b]!]!;
    }
  }
  for (let j = 0; j < SIZE; j++) mean[j]! /= 255 * count;
  for (let j = 0; j < SIZE; j++) {
    for (let k = 0; k < SIZE; k++) {
      const at = j * SIZE + k;
      covariance[at] = covariance[at]! / (255 * 255 * count) - mean[j]! * mean[k]!;
    }
  }
  return { mean, covariance };
}

/** Makes rows of length `SIZE` orthonormal, in order (Gram-Schmidt, twice for accuracy). */
function orthonormalize(axes: readonly Float64Array[]): void {
  axes.forEach((axis, i) => {
    for (const other of [...axes.slice(0, i), ...axes.slice(0, i)]) {
      const projection = dot(axis, other);
      for (let j = 0; j < SIZE; j++) axis[j]! -= projection * other[j]!;
    }
    const norm = Math.sqrt(dot(axis, axis));
    for (let j = 0; j < SIZE; j++) axis[j]! /= norm;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < SIZE; j++) sum += a[j]! * b[j]!;
  return sum;
}

/** Mean squared error of `test` with the first `latent` principal components of `train`, by subspace iteration. */
export function principalError(train: Uint8Array, test: Uint8Array, latent: number): number {
  const { mean, covariance } = moments(train);
  const rows = Array.from({ length: SIZE }, (_, j) => covariance.subarray(j * SIZE, (j + 1) * SIZE));
  let axes = Array.from({ length: latent + ADDITIONAL_AXES }, (_, i) =>
    Float64Array.from({ length: SIZE }, (_, j) => Math.sin(1 + i * SIZE + j)),
  );
  for (let step = 0; step < ITERATIONS; step++) {
    orthonormalize(axes);
    axes = axes.map((axis) => Float64Array.from(rows, (row) => dot(row, axis)));
  }
  orthonormalize(axes);
  axes.length = latent;
  let error = 0;
  for (let i = 0; i < test.length; i += SIZE) {
    const centred = mean.map((value, j) => test[i + j]! / 255 - value);
    error += dot(centred, centred) - axes.reduce((sum, axis) => sum + dot(axis, centred) ** 2, 0);
  }
  return error / test.length;
}
