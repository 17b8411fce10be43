// Input of convolutions: a padded copy, so that each window is inside, and tables with the address of each window. A row of the
// im2col matrix is a run of floats from the address of a window plus the offset of a tap; the matrix is never written.

/** out[batch][top + h + bottom][left + w + right][c] = x[batch][h][w][c] with zeros around it. */
export function pad(
  out: usize,
  x: usize,
  batch: i32,
  h: i32,
  w: i32,
  c: i32,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
): void {
  const pixel = (<usize>c) << 2;
  const row = <usize>w * pixel;
  const before = <usize>left * pixel;
  const after = <usize>right * pixel;
  const wide = before + row + after;
  for (let b = 0; b < batch; b++) {
    memory.fill(out, 0, <usize>top * wide);
    out += <usize>top * wide;
    for (let y = 0; y < h; y++) {
      memory.fill(out, 0, before);
      memory.copy(out + before, x, row);
      memory.fill(out + before + row, 0, after);
      out += wide;
      x += row;
    }
    memory.fill(out, 0, <usize>bottom * wide);
    out += <usize>bottom * wide;
  }
}

/** The inverse of `pad`: x[batch][h][w][c] = the middle of `padded`. */
export function unpad(
  x: usize,
  padded: usize,
  batch: i32,
  h: i32,
  w: i32,
  c: i32,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
): void {
  const pixel = (<usize>c) << 2;
  const row = <usize>w * pixel;
  const wide = row + <usize>(left + right) * pixel;
  for (let b = 0; b < batch; b++) {
    padded += <usize>top * wide + <usize>left * pixel;
    for (let y = 0; y < h; y++) {
      memory.copy(x, padded, row);
      padded += wide;
      x += row;
    }
    padded += <usize>bottom * wide - <usize>left * pixel;
  }
}

/** table[batch][h][w] = base + b·sample + y·row + x·pixel, u32 addresses. The strides `sample`, `row` and `pixel` are in bytes. */
export function addressTable(
  table: usize,
  base: usize,
  batch: i32,
  h: i32,
  w: i32,
  sample: i32,
  row: i32,
  pixel: i32,
): void {
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < h; y++) {
      let at = base + <usize>y * <usize>row;
      for (let x = 0; x < w; x++) {
        store<u32>(table, <u32>at);
        table += 4;
        at += <usize>pixel;
      }
    }
    base += <usize>sample;
  }
}
