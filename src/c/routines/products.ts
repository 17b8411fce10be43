// Sums of products in C. Each sum runs over its products in the order of the kernels in assembly/, one rounding after the
// product and one after the sum, so that the results have the same bits.

import type { Storage } from './storage.ts';

/**
 * Adds products with rows of weights. Four sums at a time: a value of x is read once for four products, and no product waits for the
 * sum before it. Loops count down and advance pointers: with indices, GCC 12 warns of overflows that cannot happen. `byValue`: the
 * scales of int8 belong to the values of a row, else to the rows.
 */
function accumulate({ parameter, load, dtype }: Storage, byValue: boolean): string {
  const scale = (row: number): string => (byValue ? 'i' : String(row));
  const advance = dtype === 'int8' && !byValue;
  const weight = (row: number): string =>
    load('w', row ? `i + ${row === 1 ? '' : `${row} * `}stride` : 'i', scale(row));
  return `
/* y[j] += x[0] * w[j][low] + x[1] * w[j][low + 1] + ... up to w[j][high - 1], in this order. Rows of w have stride values. */
static void $accumulate${byValue ? '_values' : ''}(float *y, const float *x, ${parameter('w')}, int32_t n, int32_t low, int32_t high, int32_t stride)
{
  for (; n >= 4; n -= 4, y += 4, w += 4 * stride${advance ? ', w_scale += 4' : ''}) {
    float s0 = y[0], s1 = y[1], s2 = y[2], s3 = y[3];
    for (int32_t i = low; i < high; i++) {
      float v = x[i - low];
      s0 += v * ${weight(0)};
      s1 += v * ${weight(1)};
      s2 += v * ${weight(2)};
      s3 += v * ${weight(3)};
    }
    y[0] = s0;
    y[1] = s1;
    y[2] = s2;
    y[3] = s3;
  }
  for (; n > 0; n--, y++, w += stride${advance ? ', w_scale++' : ''}) {
    float s = y[0];
    for (int32_t i = low; i < high; i++) s += x[i - low] * ${weight(0)};
    y[0] = s;
  }
}`;
}

export function products(storage: Storage): Readonly<Record<string, string>> {
  const { parameter, argument, load, dtype } = storage;
  return {
    half: `
/* An IEEE 754 binary16 as a float. */
static float $half(uint16_t h)
{
  uint32_t bits = (uint32_t)(h & 0x7fffu) << 13 | (uint32_t)(h & 0x8000u) << 16;
  float x;
  memcpy(&x, &bits, sizeof x);
  return x * 0x1p112f;
}`,

    accumulate: accumulate(storage, false),
    accumulate_values: accumulate(storage, true),

    start: `
/* y[n] = b, zeros without b. */
static void $start(float *y, const float *b, int32_t n)
{
  for (int32_t j = 0; j < n; j++) y[j] = b ? b[j] : 0.0f;
}`,

    // Padding multiplies weights by zeros. This changes a sum only if the sum is -0, which needs a bias of -0.
    zeros: `
/* y[j] += 0 * w[j][0] + 0 * w[j][1] + ..., which turns -0 into 0 unless all weights are negative. */
static void $zeros(float *y, const ${storage.type} *w, int32_t n, int32_t k, int32_t stride)
{
  for (int32_t j = 0; j < n; j++)
    for (int32_t i = 0; i < k; i++) y[j] += 0.0f * ${dtype === 'int8' ? '(float)w[j * stride + i]' : load('w', 'j * stride + i', '')};
}`,

    dense: `
/* y[rows][n] = x[rows][k] * w[n][k] + b[n]. */
static void $dense(float *y, const float *x, ${parameter('w')}, const float *b, int32_t rows, int32_t n, int32_t k)
{
  for (int32_t r = 0; r < rows; r++) {
    $start(y + r * n, b, n);
    $accumulate(y + r * n, x + r * k, ${argument('w')}, n, 0, k, k);
  }
}`,

    dense_sparse: `
/* The same without the products of zeros, if fewer than limit values of x are not zero. */
static void $dense_sparse(float *y, const float *x, ${parameter('w')}, const float *b, int32_t rows, int32_t n, int32_t k, int32_t limit)
{
  int32_t count = 0;
  for (int32_t i = 0; i < rows * k; i++) count += x[i] != 0.0f;
  if (count >= limit) {
    $dense(y, x, ${argument('w')}, b, rows, n, k);
    return;
  }
  for (int32_t r = 0; r < rows; r++) {
    $start(y + r * n, b, n);
    for (int32_t i = 0; i < k; i++) {
      float v = x[r * k + i];
      if (v == 0.0f) continue;
      for (int32_t j = 0; j < n; j++) y[r * n + j] += v * ${load('w', 'j * k + i', 'j')};
    }
  }
}`,

    gru: `
/* One time step after the other; y[units] is the state, or y[time][units] all states. w[3 units][features] and
   u[3 units][units] are the weights of z, r and the candidate; b has the biases of x, c those of the state.
   workspace: 6 units values. */
static void $gru(float *y, const float *x, ${parameter('w')}, ${parameter('u')}, const float *b, const float *c,
                 int32_t time, int32_t features, int32_t units, int sequences, int backwards, int reset_after, float *workspace)
{
  float *gates = workspace;
  float *products = workspace + 3 * units;
  float *r = products + units;
  float *inner = r + units;
  for (int32_t j = 0; j < units; j++) y[j] = 0.0f;
  for (int32_t s = 0; s < time; s++) {
    if (sequences && s > 0) {
      memcpy(y + units, y, (size_t)units * sizeof *y);
      y += units;
    }
    $dense(gates, x + (backwards ? time - 1 - s : s) * features, ${argument('w')}, b, 1, 3 * units, features);
    $dense(products, y, ${argument('u')}, c, 1, (reset_after ? 3 : 2) * units, units);
    for (int32_t j = 0; j < units; j++) {
      gates[j] = $sigmoid_of(gates[j] + products[j]);
      r[j] = $sigmoid_of(gates[units + j] + r[j]) * (reset_after ? inner[j] : y[j]);
    }
    if (!reset_after) $dense(inner, r, ${argument('u', '2 * units * units', '2 * units')}, NULL, 1, units, units);
    for (int32_t j = 0; j < units; j++) {
      float candidate = $tanh_of(gates[2 * units + j] + (reset_after ? r[j] : inner[j]));
      y[j] = gates[j] * (y[j] - candidate) + candidate;
    }
  }
}`,
  };
}
