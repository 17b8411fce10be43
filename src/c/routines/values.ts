// Layers in C that change values one by one or row by row, and layers that move values.

export const valueRoutines: Readonly<Record<string, string>> = {
  softmax: `
/* y[rows][n] = e^(y - max) / sum, the sum in double. */
static void $softmax(float *y, int32_t rows, int32_t n)
{
  for (int32_t r = 0; r < rows; r++, y += n) {
    float top = y[0], scale;
    double sum = 0.0;
    for (int32_t i = 1; i < n; i++) top = $max_of(top, y[i]);
    for (int32_t i = 0; i < n; i++) {
      y[i] = $exp(y[i] - top);
      sum += (double)y[i];
    }
    scale = (float)(1.0 / sum);
    for (int32_t i = 0; i < n; i++) y[i] *= scale;
  }
}`,

  affine: `
/* y[rows][n] = y * scale[n] + shift[n]. */
static void $affine(float *y, const float *scale, const float *shift, int32_t rows, int32_t n)
{
  for (int32_t r = 0; r < rows; r++, y += n)
    for (int32_t i = 0; i < n; i++) y[i] = y[i] * scale[i] + shift[i];
}`,

  standardize: `
/* y[rows][n] = (y - mean[n]) / deviation[n]. */
static void $standardize(float *y, const float *mean, const float *deviation, int32_t rows, int32_t n)
{
  for (int32_t r = 0; r < rows; r++, y += n)
    for (int32_t i = 0; i < n; i++) y[i] = (y[i] - mean[i]) / deviation[i];
}`,

  layer_normalize: `
/* y[rows][n] = (y - mean) / sqrt(variance + epsilon) * gamma[n] + beta[n], sums in double. */
static void $layer_normalize(float *y, const float *gamma, const float *beta, int32_t rows, int32_t n, float epsilon)
{
  for (int32_t r = 0; r < rows; r++, y += n) {
    double mean = 0.0, variance = 0.0;
    float m, inverse;
    for (int32_t i = 0; i < n; i++) mean += (double)y[i];
    mean = mean / (double)n;
    for (int32_t i = 0; i < n; i++) {
      double d = (double)y[i] - mean;
      variance += d * d;
    }
    m = (float)mean;
    inverse = (float)(1.0 / $sqrt(variance / (double)n + (double)epsilon));
    for (int32_t i = 0; i < n; i++) {
      float v = (y[i] - m) * inverse;
      if (gamma) v *= gamma[i];
      if (beta) v += beta[i];
      y[i] = v;
    }
  }
}`,

  threshold: `
/* y[n] = y where y >= limit, else 0. */
static void $threshold(float *y, int32_t n, float limit)
{
  for (int32_t i = 0; i < n; i++)
    if (!(y[i] >= limit)) y[i] = 0.0f;
}`,

  round: `
/* y[n] = the multiple of step nearest to y; of two the even one. */
static void $round(float *y, int32_t n, float step)
{
  for (int32_t i = 0; i < n; i++) {
    float v = y[i] / step;
    if (v > 0.0f && v < 8388608.0f) v = (v + 8388608.0f) - 8388608.0f;
    if (v < 0.0f && v > -8388608.0f) v = -((8388608.0f - v) - 8388608.0f);
    y[i] = v * step;
  }
}`,

  key: `
/* The bits of a float as an integer that compares in the same order. */
static uint32_t $key(float x)
{
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}`,

  top_k: `
/* y[n] = the k largest values, else 0; of equal values the first. */
static void $top_k(float *y, int32_t n, int32_t k)
{
  uint32_t limit = 0;
  for (uint32_t bit = 0x80000000u; bit != 0; bit >>= 1) {
    int32_t count = 0;
    for (int32_t i = 0; i < n; i++) count += $key(y[i]) >= (limit | bit);
    if (count >= k) limit |= bit;
  }
  for (int32_t i = 0; i < n; i++) k -= $key(y[i]) > limit;
  for (int32_t i = 0; i < n; i++) {
    uint32_t key = $key(y[i]);
    if (key < limit || (key == limit && k-- <= 0)) y[i] = 0.0f;
  }
}`,

  add: `
/* y[n] += x. */
static void $add(float *y, const float *x, int32_t n)
{
  for (int32_t i = 0; i < n; i++) y[i] += x[i];
}`,

  concatenate: `
/* y[rows][n + m] = a[rows][n], then b[rows][m]. */
static void $concatenate(float *y, const float *a, int32_t n, const float *b, int32_t m, int32_t rows)
{
  for (int32_t r = 0; r < rows; r++, y += n + m) {
    memcpy(y, a + r * n, (size_t)n * sizeof *y);
    memcpy(y + n, b + r * m, (size_t)m * sizeof *y);
  }
}`,

  pad: `
/* y = the rows of x, n values each, with zeros around them: before and after all rows, and left and right of each row. */
static void $pad(float *y, const float *x, int32_t rows, int32_t n, int32_t before, int32_t after, int32_t left, int32_t right)
{
  for (int32_t i = 0; i < before + rows * (left + n + right) + after; i++) y[i] = 0.0f;
  for (int32_t r = 0; r < rows; r++) memcpy(y + before + r * (left + n + right) + left, x + r * n, (size_t)n * sizeof *y);
}`,

  crop: `
/* y[rows][n] = a part of x, whose rows are stride values apart. */
static void $crop(float *y, const float *x, int32_t rows, int32_t n, int32_t stride)
{
  for (int32_t r = 0; r < rows; r++) memcpy(y + r * n, x + r * stride, (size_t)n * sizeof *y);
}`,

  repeat: `
/* y[h * fh][w * fw][c] = x[h][w][c], each value repeated. */
static void $repeat(float *y, const float *x, int32_t h, int32_t w, int32_t c, int32_t fh, int32_t fw)
{
  for (int32_t p = 0; p < h * fh; p++)
    for (int32_t q = 0; q < w * fw; q++, y += c) memcpy(y, x + ((p / fh) * w + q / fw) * c, (size_t)c * sizeof *y);
}`,

  interpolate: `
/* y[h * fh][w * fw][c] from x[h][w][c], bilinear with half-pixel centers. */
static void $interpolate(float *y, const float *x, int32_t h, int32_t w, int32_t c, int32_t fh, int32_t fw)
{
  for (int32_t p = 0; p < h * fh; p++) {
    float row = ((float)p + 0.5f) / (float)fh - 0.5f;
    row = row > 0.0f ? row : 0.0f;
    int32_t y0 = (int32_t)row, y1 = y0 + 1 < h ? y0 + 1 : h - 1;
    float v = row - (float)y0;
    for (int32_t q = 0; q < w * fw; q++, y += c) {
      float column = ((float)q + 0.5f) / (float)fw - 0.5f;
      column = column > 0.0f ? column : 0.0f;
      int32_t x0 = (int32_t)column, x1 = x0 + 1 < w ? x0 + 1 : w - 1;
      float u = column - (float)x0;
      const float *a = x + (y0 * w + x0) * c, *b = x + (y0 * w + x1) * c;
      const float *d = x + (y1 * w + x0) * c, *e = x + (y1 * w + x1) * c;
      float wa = (1.0f - v) * (1.0f - u), wb = (1.0f - v) * u, wd = v * (1.0f - u), we = v * u;
      for (int32_t i = 0; i < c; i++) y[i] = ((a[i] * wa + b[i] * wb) + d[i] * wd) + e[i] * we;
    }
  }
}`,
};
