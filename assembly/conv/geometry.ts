// Input of convolutions: a padded copy, so that each window is inside, and tables with the address of each window. A row of the
// im2col matrix is a run of floats from the address of a window plus the offset of a tap; the matrix is never written.

/** Bytes from which on `memory.copy` and `memory.fill`, which are calls, take less time than a loop. */
const LONG: usize = 512;

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
  const between = <usize>(left + right) * pixel;
  const wide = row + between;
  const before = <usize>top * wide + <usize>left * pixel;
  const after = <usize>bottom * wide + <usize>right * pixel;
  let gap = before;
  for (let b = batch; b > 0; b--) {
    for (let y = h; y > 0; y--) {
      out = clearRun(out, gap);
      copyRun(out, x, row);
      out += row;
      x += row;
      gap = between;
    }
    gap = after + before;
  }
  clearRun(out, after);
}

/** Copies whole floats. */
function copyRun(out: usize, x: usize, bytes: usize): void {
  if (bytes > LONG) {
    memory.copy(out, x, bytes);
    return;
  }
  const end = out + bytes;
  for (; out + 16 <= end; out += 16, x += 16) v128.store(out, v128.load(x));
  for (; out < end; out += 4, x += 4) store<f32>(out, load<f32>(x));
}

/** Sets whole floats to zero and returns the address after them. */
function clearRun(out: usize, bytes: usize): usize {
  const end = out + bytes;
  if (bytes > LONG) {
    memory.fill(out, 0, bytes);
    return end;
  }
  for (; out + 16 <= end; out += 16) v128.store(out, f32x4.splat(0));
  for (; out < end; out += 4) store<f32>(out, 0);
  return end;
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
      copyRun(x, padded, row);
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
