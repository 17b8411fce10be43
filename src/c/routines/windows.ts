// Layers with windows in C: convolutions, pooling. Padding is not stored: the part of a window outside the input is left out.

import type { Storage } from './storage.ts';

const position = `
  for (int32_t p = 0; p < g->rows; p++) {
    for (int32_t q = 0; q < g->columns; q++) {
      float *out = y + g->offset + p * g->output_row + q * g->output_column;`;

/** The part low..high of a run that is inside the input; `at` is the index of the first value of the run in its row. */
const run = `
        int32_t row = g->top + p * g->row_stride + l * g->line_step;
        for (int32_t r = 0; r < g->runs; r++, v += g->filters * g->length) {
          int32_t at = (g->left + q * g->column_stride + r * g->run_step) * g->channels;
          int32_t low = at < 0 ? -at : 0;
          int32_t high = g->width * g->channels - at;
          if (low > g->length) low = g->length;
          if (high > g->length) high = g->length;
          if (high < low || row < 0 || row >= g->height) high = low;`;

const source = 'x + row * g->width * g->channels + (at + low)';

/** How the routines are written. */
interface Variant {
  readonly storage: Storage;
  /** A bias is -0, so that products of weights and zeros in the padding can matter. */
  readonly zeros: boolean;
}

/** `byValue`: the scales of int8 belong to the values of a run, else to the filters. */
const convolve = ({ storage: { parameter, argument, type }, zeros }: Variant, byValue: boolean): string => `
/* For each position of the window: b plus the products of all runs with w[lines][runs][filters][length]. */
static void $convolve${byValue ? '_values' : ''}(float *y, const float *x, ${parameter('w')}, const float *b, const $window *g)
{${position}
      const ${type} *v = w;
      $start(out, b, g->filters);
      for (int32_t l = 0; l < g->lines; l++) {${run}
${zeros ? '          $zeros(out, v, g->filters, low, g->length);\n' : ''}          if (low < high) $accumulate${byValue ? '_values' : ''}(out, ${source}, ${argument('w').replace('w', 'v')}, g->filters, low, high, g->length);
${zeros ? '          $zeros(out, v + high, g->filters, g->length - high, g->length);\n' : ''}        }
      }
    }
  }
}`;

const narrow = ({ storage: { parameter, argument, type } }: Variant, byValue: boolean): string => `
/* The same for 1 to 3 filters: four sums for each filter, over every fourth value of a run, then their sum and b. */
static void $convolve_narrow${byValue ? '_values' : ''}(float *y, const float *x, ${parameter('w')}, const float *b, const $window *g)
{${position}
      const ${type} *v = w;
      float sums[12] = {0};
      for (int32_t l = 0; l < g->lines; l++) {${run}
          if (low < high)
            for (int32_t j = 0; j < g->filters; j++)
              $lanes${byValue ? '_values' : ''}(sums + 4 * j, ${source}, ${argument('w', 'j * g->length + low', byValue ? 'low' : 'j').replace('w', 'v')}, r * g->lane_step + low, high - low);
        }
      }
      for (int32_t j = 0; j < g->filters; j++) {
        const float *s = sums + 4 * j;
        out[j] = ((s[0] + s[2]) + (s[1] + s[3])) + (b ? b[j] : 0.0f);
      }
    }
  }
}`;

function lanes({ storage: { parameter, load, dtype } }: Variant, byValue: boolean): string {
  const product = (i: number): string => `x[${i}] * ${load('w', String(i), byValue ? String(i) : '0')}`;
  const scales = (count: string): string => (dtype === 'int8' && byValue ? `, w_scale += ${count}` : '');
  return `
/* s[i % 4] += x * w for n values, of which the first one has the index i. */
static void $lanes${byValue ? '_values' : ''}(float *s, const float *x, ${parameter('w')}, int32_t i, int32_t n)
{
  for (int32_t lane = 1; lane < 4; lane++) {
    if (n == 0 || (i & 3) != lane) continue;
    s[lane] += ${product(0)};
    n--, i++, x++, w++${scales('1')};
  }
  float s0 = s[0], s1 = s[1], s2 = s[2], s3 = s[3];
  for (; n >= 4; n -= 4, x += 4, w += 4${scales('4')}) {
    s0 += ${product(0)};
    s1 += ${product(1)};
    s2 += ${product(2)};
    s3 += ${product(3)};
  }
  if (n > 0) s0 += ${product(0)};
  if (n > 1) s1 += ${product(1)};
  if (n > 2) s2 += ${product(2)};
  s[0] = s0;
  s[1] = s1;
  s[2] = s2;
  s[3] = s3;
}`;
}

const depthwise = ({ storage: { parameter, load }, zeros }: Variant): string => `
/* One position: y[channels * length] = b plus, for each value of the window, x[channel] * w[lines][runs][channel * length]. */
static void $depthwise_at(float *y, const float *x, ${parameter('w')}, const float *b, const $window *g, int32_t p, int32_t q)
{
  $start(y, b, g->filters);
  for (int32_t l = 0; l < g->lines; l++) {
    int32_t row = g->top + p * g->row_stride + l * g->line_step;
    for (int32_t r = 0; r < g->runs; r++, w += g->filters) {
      int32_t column = g->left + q * g->column_stride + r * g->run_step;
      if (row < 0 || row >= g->height || column < 0 || column >= g->width) {
${zeros ? '        $zeros(y, w, g->filters, 1, 1);\n' : ''}        continue;
      }
      const float *v = x + (row * g->width + column) * g->channels;
      for (int32_t i = 0, j = 0; i < g->channels; i++)
        for (int32_t k = 0; k < g->length; k++, j++) y[j] += v[i] * ${load('w', 'j', 'k')};
    }
  }
}`;

export const windowRoutines = (variant: Variant): Readonly<Record<string, string>> => ({
  window: `
typedef struct {
  int32_t height, width, channels;           /* of the input */
  int32_t rows, columns, filters;            /* positions of the window, output channels */
  int32_t top, left;                         /* row and column of the input where the first window starts */
  int32_t row_stride, column_stride;         /* from one position to the next, in rows and columns of the input */
  int32_t lines, runs, length;               /* lines of a window, runs of values in a line, values in a run */
  int32_t line_step, run_step;               /* from one line to the next, from one run to the next */
  int32_t offset, output_row, output_column; /* first position in the output, and from one position to the next, in values */
  int32_t lane_step;                         /* for 1 to 3 filters: distance of two runs in the order of their sums */
} $window;`,

  convolve: convolve(variant, false),
  convolve_values: convolve(variant, true),
  convolve_narrow: narrow(variant, false),
  convolve_narrow_values: narrow(variant, true),
  lanes: lanes(variant, false),
  lanes_values: lanes(variant, true),
  depthwise_at: depthwise(variant),

  depthwise: `
static void $depthwise(float *y, const float *x, ${variant.storage.parameter('w')}, const float *b, const $window *g)
{${position}
      $depthwise_at(out, x, ${variant.storage.argument('w')}, b, g, p, q);
    }
  }
}`,

  separable: `
/* A depthwise convolution, then a product over its channels with u[n][filters]. workspace: filters values. */
static void $separable(float *y, const float *x, ${variant.storage.parameter('w')}, ${variant.storage.parameter('u')}, const float *b, int32_t n, const $window *g, float *workspace)
{
  for (int32_t p = 0; p < g->rows; p++) {
    for (int32_t q = 0; q < g->columns; q++) {
      $depthwise_at(workspace, x, ${variant.storage.argument('w')}, NULL, g, p, q);
      $dense(y + (p * g->columns + q) * n, workspace, ${variant.storage.argument('u')}, b, 1, n, g->filters);
    }
  }
}`,

  max_of: `
/* The larger one; of zeros 0, NaN if one is NaN. */
static float $max_of(float a, float b)
{
  if (a > b) return a;
  if (a < b) return b;
  return a == b && a != 0.0f ? a : a + b;
}`,

  max_pool: pool('max', '', 'first ? v[i] : $max_of(out[i], v[i])', ''),
  average_pool: pool(
    'average',
    '\n      for (int32_t i = 0; i < g->channels; i++) out[i] = 0.0f;',
    'out[i] + v[i]',
    '\n      for (int32_t i = 0; i < g->channels; i++) out[i] *= 1.0f / (float)count;',
  ),
});

/** Pooling over the part of a window inside the input. */
function pool(name: string, begin: string, next: string, end: string): string {
  const isMean = end !== '';
  return `
static void $${name}_pool(float *y, const float *x, const $window *g)
{${position}
      ${isMean ? 'int32_t count = 0;' : 'int first = 1;'}${begin}
      for (int32_t l = 0; l < g->lines; l++) {
        for (int32_t r = 0; r < g->runs; r++) {
          int32_t row = g->top + p * g->row_stride + l, column = g->left + q * g->column_stride + r;
          if (row < 0 || row >= g->height || column < 0 || column >= g->width) continue;
          const float *v = x + (row * g->width + column) * g->channels;
          for (int32_t i = 0; i < g->channels; i++) out[i] = ${next};
          ${isMean ? 'count++;' : 'first = 0;'}
        }
      }${end}
    }
  }
}`;
}
