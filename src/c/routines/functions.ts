// Elementary functions and activations in C: the polynomials of assembly/math, one value at a time. @NUMBER stands for a float
// literal with the nearest float32.

/** Activations as an expression of x. Comparisons are those of pmin and pmax, so that NaN and -0 give the same result. */
const activationExpressions: Readonly<Record<string, string>> = {
  relu: 'x < 0.0f ? 0.0f : x',
  leaky_relu: 'x < x * @0.2 ? x * @0.2 : x',
  elu: 'x > 0.0f ? x : $exp(x) - 1.0f',
  selu: '@1.0507009873554805 * (x > 0.0f ? x : @1.6732632423543772 * ($exp(x) - 1.0f))',
  sigmoid: '$sigmoid_of(x)',
  tanh: '$tanh_of(x)',
  softplus: '(x < 0.0f ? 0.0f : x) + $log1p($exp(-(x < 0.0f ? -x : x)))',
  swish: 'x * $sigmoid_of(x)',
  gelu: 'x * $normal_cdf(x)',
};

const activations = Object.entries(activationExpressions).map(([name, expression]) => [
  name,
  `
static void $${name}(float *y, int32_t n)
{
  for (int32_t i = 0; i < n; i++) {
    float x = y[i];
    y[i] = ${expression};
  }
}`,
]);

export const functions: Readonly<Record<string, string>> = {
  exp: `
/* e^x for x in [-87.3, 88], beyond it the value at the end of this range. Polynomial of S. Moshier's Cephes library. */
static float $exp(float x)
{
  float t, n, r, p, power;
  uint32_t bits;
  x = x < @-87.3 ? @-87.3 : x;
  x = @88 < x ? @88 : x;
  t = x * @1.4426950408889634 + @12582912;
  n = t - @12582912;
  r = n * @-0.693359375 + x;
  r = n * @2.1219444e-4 + r;
  p = ((@1.98756915e-4 * r + @1.3981999507e-3) * r + @8.3334519073e-3) * r + @4.1665795894e-2;
  p = (p * r + @1.6666665459e-1) * r + @5.0000001201e-1;
  p = (p * (r * r) + r) + 1.0f;
  memcpy(&bits, &t, sizeof bits);
  bits = (bits + 127u) << 23;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}`,

  log: `
/* log x for 1 <= x <= 2. Polynomial of the Cephes library. */
static float $log(float x)
{
  uint32_t bits, mantissa;
  float e, m, p, z;
  memcpy(&bits, &x, sizeof bits);
  mantissa = (bits & 0x007fffffu) | 0x3f000000u;
  memcpy(&m, &mantissa, sizeof m);
  e = (float)((int32_t)(bits >> 23) - 126 - (m < @0.7071067811865476));
  m = (m + (m < @0.7071067811865476 ? m : 0.0f)) - 1.0f;
  z = m * m;
  p = ((@7.0376836292e-2 * m + @-1.151461031e-1) * m + @1.167699874e-1) * m + @-1.2420140846e-1;
  p = ((p * m + @1.4249322787e-1) * m + @-1.6668057665e-1) * m + @2.0000714765e-1;
  p = (p * m + @-2.4999993993e-1) * m + @3.3333331174e-1;
  p = p * (m * z);
  p = z * -0.5f + (e * @-2.1219444e-4 + p);
  return x == x ? e * @0.693359375 + (m + p) : x;
}`,

  log1p: `
/* log(1 + x) for 0 <= x <= 1. */
static float $log1p(float x)
{
  float u = x + 1.0f, d = u - 1.0f;
  return d == 0.0f ? x : $log(u) * x / d;
}`,

  sigmoid_of: `
static float $sigmoid_of(float x)
{
  return 1.0f / (1.0f + $exp(-x));
}`,

  tanh_of: `
static float $tanh_of(float x)
{
  float a = x < 0.0f ? -x : x, s = x * x, p, q;
  if (a < 0.625f) {
    p = (((@-5.70498872745e-3 * s + @2.06390887954e-2) * s + @-5.37397155531e-2) * s + @1.33314422036e-1) * s + @-3.33333319422e-1;
    return p * s * x + x;
  }
  q = 1.0f - 2.0f / ($exp(a + a) + 1.0f);
  return x < 0.0f ? -q : q;
}`,

  normal_cdf: `
/* Distribution function of the normal distribution. Abramowitz and Stegun, 7.1.26. */
static float $normal_cdf(float x)
{
  float t = 1.0f / ((x < 0.0f ? -x : x) * @0.7071067811865476 * @0.3275911 + 1.0f);
  float p = (((@1.061405429 * t + @-1.453152027) * t + @1.421413741) * t + @-0.284496736) * t + @0.254829592;
  float tail = p * t * $exp(x * x * -0.5f) * 0.5f;
  return x < 0.0f ? tail : 1.0f - tail;
}`,

  sqrt: `
/* The square root, rounded correctly, by bits: libraries of C differ. */
static double $sqrt(double x)
{
  uint64_t m, q = 0, s = 0, bits;
  int32_t e;
  if (!(x > 0.0) || x - x != 0.0) return x;
  memcpy(&bits, &x, sizeof bits);
  e = (int32_t)(bits >> 52) - 1023;
  m = (bits & 0xfffffffffffffu) | 0x10000000000000u;
  if (e & 1) {
    m <<= 1;
    e--;
  }
  m <<= 1;
  for (uint64_t r = 0x20000000000000u; r != 0; r >>= 1) {
    if (s + r <= m) {
      s += r;
      m -= s;
      s += r;
      q += r;
    }
    m <<= 1;
  }
  if (m != 0) q += q & 1;
  bits = (q >> 1) + ((uint64_t)(e / 2 + 1022) << 52);
  memcpy(&x, &bits, sizeof x);
  return x;
}`,
  ...Object.fromEntries(activations),
};
