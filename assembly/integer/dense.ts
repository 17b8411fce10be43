// A quantized dense layer in one call: for one sample, several calls of kernels would take as long as the product.

import { packRows } from './pack';
import { multiplyIntegers } from './product';
import { outputTable, toIntegers } from './values';

/**
 * y[m][n] = (integers of x[m][k] · kernel[k][n]) · steps + bias, with relu; floats, or integers of `next` where it is not 0.
 *
 * `x`          floats, or integers of `range` if `integers`
 * `kernel`     int8 weights in panels of 8 columns, for each pair in k: 8 pairs. An odd k and n are continued by zeros
 * `scale`      steps of the n columns; `range`: the range of the input
 * `workspace`  with k and m up to a multiple of 4, n up to one of 8: 2 · m · k (if not `integers`) + 2 · m · k + 8 · n + 16 · k + 128 bytes
 */
export function denseIntegers(
  y: usize,
  x: usize,
  kernel: usize,
  scale: usize,
  bias: usize,
  range: usize,
  next: usize,
  m: i32,
  n: i32,
  k: i32,
  relu: bool,
  integers: bool,
  workspace: usize,
): void {
  const pairs = (k + 1) >> 1;
  let a = x;
  if (!integers) {
    a = workspace;
    toIntegers(a, x, m * k, range);
    workspace += (<usize>(m * k) * 2 + 15) & ~15;
  }
  const panels = workspace;
  const table = panels + ((<usize>((m + 3) >> 2) * <usize>pairs) << 4);
  const scratch = table + ((<usize>((n + 7) >> 3)) << 6);
  packRows(panels, a, m, k);
  outputTable(table, scale, bias, n, range, next);
  multiplyIntegers(y, 0, panels, kernel, table, m, n, pairs, relu, next, scratch);
}
