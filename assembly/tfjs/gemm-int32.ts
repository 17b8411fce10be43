// The product of matrices of 32-bit integers, as confusion matrices need it.

/**
 * c[m][n] = a[m][k] · b[k][n], modulo 2^32. `aRow`, `aColumn`, `bRow` and `bColumn` are the strides of rows and columns, in
 * elements.
 */
export function gemmInt32(
  c: usize,
  a: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
  aRow: i32,
  aColumn: i32,
  bRow: i32,
  bColumn: i32,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let p = a + ((<usize>(i * aRow)) << 2);
      let q = b + ((<usize>(j * bColumn)) << 2);
      let sum: i32 = 0;
      for (let r = 0; r < k; r++) {
        sum += load<i32>(p) * load<i32>(q);
        p += (<usize>aColumn) << 2;
        q += (<usize>bRow) << 2;
      }
      store<i32>(c, sum);
      c += 4;
    }
  }
}
