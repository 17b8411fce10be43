// Rows of small images as one PNG.

import { encode } from 'fast-png';

const SIDE = 28;
const SIZE = SIDE * SIDE;
/** Transparent pixels between two images. */
const GAP = 2;

/**
 * A PNG of rows of 28×28 images, white on black, with transparent gaps. Each row is the values of its images end to
 * end: bytes 0..255, or floats 0..1, which are clipped.
 */
export function imageSheet(rows: readonly (Uint8Array | Float32Array)[]): Uint8Array {
  const columns = rows[0]!.length / SIZE;
  const width = columns * (SIDE + GAP) - GAP;
  const height = rows.length * (SIDE + GAP) - GAP;
  const data = new Uint8Array(width * height * 2);
  rows.forEach((values, row) => {
    const scale = values instanceof Uint8Array ? 1 : 255;
    values.forEach((value, i) => {
      const column = Math.floor(i / SIZE);
      const [y, x] = [Math.floor((i % SIZE) / SIDE), i % SIDE];
      const offset = 2 * ((row * (SIDE + GAP) + y) * width + column * (SIDE + GAP) + x);
      data[offset] = Math.round(Math.min(Math.max(value * scale, 0), 255));
      data[offset + 1] = 255;
    });
  });
  return encode({ width, height, data, channels: 2, depth: 8 });
}

/** The first image of each class, end to end, and the classes in ascending order. */
export function firstOfEachClass(images: Uint8Array, labels: Uint8Array): { images: Uint8Array; classes: number[] } {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const out = new Uint8Array(classes.length * SIZE);
  classes.forEach((digit, row) => {
    const i = labels.indexOf(digit);
    out.set(images.subarray(i * SIZE, (i + 1) * SIZE), row * SIZE);
  });
  return { images: out, classes };
}
