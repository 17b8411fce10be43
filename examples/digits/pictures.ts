// Rows of small images as one PNG.

import { encode } from 'fast-png';

const SIDE = 28;
const GAP = 2;

/**
 * A PNG of rows of 28×28 images, white on black, with transparent gaps. Values are 0..255 (bytes) or 0..1
 * (floats); each row is the images' values end to end.
 */
export function sheet(rows: readonly (Uint8Array | Float32Array)[]): Uint8Array {
  const columns = rows[0]!.length / (SIDE * SIDE);
  const width = columns * (SIDE + GAP) - GAP;
  const height = rows.length * (SIDE + GAP) - GAP;
  const data = new Uint8Array(width * height * 2);
  rows.forEach((values, row) => {
    const scale = values instanceof Uint8Array ? 1 : 255;
    values.forEach((value, i) => {
      const column = Math.floor(i / (SIDE * SIDE));
      const [y, x] = [Math.floor((i % (SIDE * SIDE)) / SIDE), i % SIDE];
      const at = 2 * ((row * (SIDE + GAP) + y) * width + column * (SIDE + GAP) + x);
      data[at] = Math.round(Math.min(Math.max(value * scale, 0), 255));
      data[at + 1] = 255;
    });
  });
  return encode({ width, height, data, channels: 2, depth: 8 });
}

export const dataUri = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

/** The first image of each class, end to end, and the classes that there are. */
export function oneOfEach(images: Uint8Array, labels: Uint8Array): { images: Uint8Array; classes: number[] } {
  const size = SIDE * SIDE;
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const out = new Uint8Array(classes.length * size);
  classes.forEach((digit, row) => {
    const i = labels.indexOf(digit);
    out.set(images.subarray(i * size, (i + 1) * size), row * size);
  });
  return { images: out, classes };
}
