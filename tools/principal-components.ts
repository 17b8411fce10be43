// The best that a linear code can do: principal components, for scale.

const SIZE = 784;
/** Axes carried along besides, so that the last of those wanted settles as fast as the first. */
const SPARE = 16;
const STEPS = 12;

/** Mean and covariance of images, each a row of bytes read as value / 255. Most pixels are 0 and cost nothing. */
function moments(images: Uint8Array): { mean: Float64Array; covariance: Float64Array } {
  const count = images.length / SIZE;
  const mean = new Float64Array(SIZE);
  const covariance = new Float64Array(SIZE * SIZE);
  const ink = new Uint16Array(SIZE);
  for (let i = 0; i < count; i++) {
    const image = images.subarray(i * SIZE, (i + 1) * SIZE);
    let n = 0;
    for (let j = 0; j < SIZE; j++) if (image[j]) ink[n++] = j;
    for (let a = 0; a < n; a++) {
      const j = ink[a]!;
      const value = image[j]!;
      mean[j]! += value;
      for (let b = 0; b < n; b++) covariance[j * SIZE + ink[b]!]! += value * image[ink[b]!]!;
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

/** Makes rows of length `SIZE` orthonormal, in order (Gram and Schmidt, twice is enough). */
function orthonormalize(axes: readonly Float64Array[]): void {
  axes.forEach((axis, i) => {
    for (const other of [...axes.slice(0, i), ...axes.slice(0, i)]) {
      const along = dot(axis, other);
      for (let j = 0; j < SIZE; j++) axis[j]! -= along * other[j]!;
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

/** The mean squared error of `test` through `latent` principal components of `train`, by subspace iteration. */
export function principalError(train: Uint8Array, test: Uint8Array, latent: number): number {
  const { mean, covariance } = moments(train);
  const rows = Array.from({ length: SIZE }, (_, j) => covariance.subarray(j * SIZE, (j + 1) * SIZE));
  let axes = Array.from({ length: latent + SPARE }, (_, i) =>
    Float64Array.from({ length: SIZE }, (_, j) => Math.sin(1 + i * SIZE + j)),
  );
  for (let step = 0; step < STEPS; step++) {
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
