// The matrix product where A is mostly zero, as the code of a sparse bottleneck: reads only the rows of B that a value other
// than zero of A multiplies.

import { loadPart, splat, storePart } from '../simd';

/** Pairs of a value of A and the address of a row of B, 8 bytes each, that fit into scratch. */
const MAX_PAIRS: i32 = 2048;

/**
 * c[m][n] = a[m][k] · b[k][n] (+ bias[n] where `bias` is not 0). The bits are those of the strict `gemm`: the same additions in
 * the same order, without those of zero. A bias of -0 is the exception: it may stay -0.
 */
export function gemmSparse(c: usize, a: usize, b: usize, bias: usize, m: i32, n: i32, k: i32, scratch: usize): void {
  const stride = (<usize>n) << 2;
  for (let r = 0; r < m; r++) {
    let i = 0;
    let from = bias;
    do {
      let pairs = 0;
      for (; i < k && pairs < MAX_PAIRS; i++) {
        const value = load<f32>(a + ((<usize>i) << 2));
        if (value === 0) continue;
        const at = scratch + ((<usize>pairs) << 3);
        pairs++;
        store<f32>(at, value);
        store<u32>(at, <u32>(b + <usize>i * stride), 4);
      }
      addRows(c, from, n, scratch, pairs);
      from = c;
    } while (i < k);
    a += (<usize>k) << 2;
    c += stride;
  }
}

/** c[n] = start[n] (zeros where `start` is 0) + Σ value · row over the pairs. 32 columns at a time stay in registers. */
function addRows(c: usize, start: usize, n: i32, pairs: usize, count: i32): void {
  let j = 0;
  for (; j + 32 <= n; j += 32) {
    const o = (<usize>j) << 2;
    const from = start + o;
    let s0 = splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    let s5 = s0;
    let s6 = s0;
    let s7 = s0;
    if (start) {
      s0 = v128.load(from);
      s1 = v128.load(from, 16);
      s2 = v128.load(from, 32);
      s3 = v128.load(from, 48);
      s4 = v128.load(from, 64);
      s5 = v128.load(from, 80);
      s6 = v128.load(from, 96);
      s7 = v128.load(from, 112);
    }
    for (let p = 0; p < count; p++) {
      const at = pairs + ((<usize>p) << 3);
      const x = v128.load32_splat(at);
      const row = <usize>load<u32>(at, 4) + o;
      s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row)));
      s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
      s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
      s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
      s4 = f32x4.add(s4, f32x4.mul(x, v128.load(row, 64)));
      s5 = f32x4.add(s5, f32x4.mul(x, v128.load(row, 80)));
      s6 = f32x4.add(s6, f32x4.mul(x, v128.load(row, 96)));
      s7 = f32x4.add(s7, f32x4.mul(x, v128.load(row, 112)));
    }
    const to = c + o;
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
    v128.store(to, s4, 64);
    v128.store(to, s5, 80);
    v128.store(to, s6, 96);
    v128.store(to, s7, 112);
  }
  for (; j < n; j += 4) {
    const o = (<usize>j) << 2;
    const left = n - j;
    let s = start ? loadPart(start + o, left) : splat(0);
    for (let p = 0; p < count; p++) {
      const at = pairs + ((<usize>p) << 3);
      s = f32x4.add(s, f32x4.mul(v128.load32_splat(at), loadPart(<usize>load<u32>(at, 4) + o, left)));
    }
    storePart(c + o, s, left);
  }
}
