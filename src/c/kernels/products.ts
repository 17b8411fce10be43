// Sums of products in C. Each sum runs over its products in the order of the kernels in assembly/, one rounding after the
// product and one after the sum, so that the results have the same bits.

export const products: Readonly<Record<string, string>> = {
  // Four sums at a time: a value of x is read once for four products, and no product waits for the sum before it. Loops count down
  // and advance pointers: with indices, GCC 12 warns of overflows that cannot happen.
  accumulate: `
/* y[j] += x[0] * w[j][low] + x[1] * w[j][low + 1] + ... up to w[j][high - 1], in this order. Rows of w have stride values. */
static void $accumulate(float *y, const float *x, const $weight *w, int32_t n, int32_t low, int32_t high, int32_t stride)
{
  for (; n >= 4; n -= 4, y += 4) {
    const $weight *w1 = w + stride, *w2 = w1 + stride, *w3 = w2 + stride;
    float s0 = y[0], s1 = y[1], s2 = y[2], s3 = y[3];
    for (int32_t i = low; i < high; i++) {
      float v = x[i - low];
      s0 += v * w[i];
      s1 += v * w1[i];
      s2 += v * w2[i];
      s3 += v * w3[i];
    }
    y[0] = s0;
    y[1] = s1;
    y[2] = s2;
    y[3] = s3;
    w = w3 + stride;
  }
  for (; n > 0; n--, y++, w += stride) {
    float s = y[0];
    for (int32_t i = low; i < high; i++) s += x[i - low] * w[i];
    y[0] = s;
  }
}`,

  start: `
/* y[n] = b, zeros without b. */
static void $start(float *y, const float *b, int32_t n)
{
  for (int32_t j = 0; j < n; j++) y[j] = b ? b[j] : 0.0f;
}`,

  // Padding multiplies weights by zeros. This changes a sum only if the sum is -0, which needs a bias of -0.
  zeros: `
/* y[j] += 0 * w[j][0] + 0 * w[j][1] + ..., which turns -0 into 0 unless all weights are negative. */
static void $zeros(float *y, const $weight *w, int32_t n, int32_t k, int32_t stride)
{
  for (int32_t j = 0; j < n; j++)
    for (int32_t i = 0; i < k; i++) y[j] += 0.0f * w[j * stride + i];
}`,

  dense: `
/* y[rows][n] = x[rows][k] * w[n][k] + b[n]. */
static void $dense(float *y, const float *x, const $weight *w, const float *b, int32_t rows, int32_t n, int32_t k)
{
  for (int32_t r = 0; r < rows; r++) {
    $start(y + r * n, b, n);
    $accumulate(y + r * n, x + r * k, w, n, 0, k, k);
  }
}`,

  dense_sparse: `
/* The same without the products of zeros, if fewer than limit values of x are not zero. */
static void $dense_sparse(float *y, const float *x, const $weight *w, const float *b, int32_t rows, int32_t n, int32_t k, int32_t limit)
{
  int32_t count = 0;
  for (int32_t i = 0; i < rows * k; i++) count += x[i] != 0.0f;
  if (count >= limit) {
    $dense(y, x, w, b, rows, n, k);
    return;
  }
  for (int32_t r = 0; r < rows; r++) {
    $start(y + r * n, b, n);
    for (int32_t i = 0; i < k; i++) {
      float v = x[r * k + i];
      if (v == 0.0f) continue;
      for (int32_t j = 0; j < n; j++) y[r * n + j] += v * w[j * k + i];
    }
  }
}`,

  gru: `
/* One time step after the other; y[units] is the state, or y[time][units] all states. w[3 units][features] and
   u[3 units][units] are the weights of z, r and the candidate; b has the biases of x, c those of the state.
   workspace: 6 units values. */
static void $gru(float *y, const float *x, const $weight *w, const $weight *u, const float *b, const float *c,
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
    $dense(gates, x + (backwards ? time - 1 - s : s) * features, w, b, 1, 3 * units, features);
    $dense(products, y, u, c, 1, (reset_after ? 3 : 2) * units, units);
    for (int32_t j = 0; j < units; j++) {
      gates[j] = $sigmoid_of(gates[j] + products[j]);
      r[j] = $sigmoid_of(gates[units + j] + r[j]) * (reset_after ? inner[j] : y[j]);
    }
    if (!reset_after) $dense(inner, r, u + 2 * units * units, NULL, 1, units, units);
    for (int32_t j = 0; j < units; j++) {
      float candidate = $tanh_of(gates[2 * units + j] + (reset_after ? r[j] : inner[j]));
      y[j] = gates[j] * (y[j] - candidate) + candidate;
    }
  }
}`,
};
