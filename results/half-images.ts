// Digits with one half of the image missing.

const SIDE = 28;
const SIZE = SIDE * SIDE;

/** For each half, a function that says whether a pixel is missing. */
const isMissing: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  left: (x) => x < SIDE / 2,
  right: (x) => x >= SIDE / 2,
  top: (_, y) => y < SIDE / 2,
  bottom: (_, y) => y >= SIDE / 2,
};

export const halves = Object.keys(isMissing);

/** For each pixel of an image, whether it is missing. */
function maskOf(half: string): boolean[] {
  const missing = isMissing[half]!;
  return Array.from({ length: SIZE }, (_, j) => missing(j % SIDE, Math.floor(j / SIDE)));
}

export interface HalfImages {
  /** The images with one half set to 0. */
  readonly x: Uint8Array;
  /** The missing pixels; 0 in the other half. */
  readonly targets: Uint8Array;
}

/** All images without the first of the halves, then all images without the second, and so on. */
export function removeHalves(images: Uint8Array, names: readonly string[] = halves): HalfImages {
  const x = new Uint8Array(images.length * names.length);
  const targets = new Uint8Array(images.length * names.length);
  names.forEach((name, k) => {
    const mask = maskOf(name);
    for (let i = 0; i < images.length; i++) {
      const out = mask[i % SIZE] ? targets : x;
      out[k * images.length + i] = images[i]!;
    }
  });
  return { x, targets };
}

/** Mean squared error in a missing half. `value(i)` is the prediction for pixel i of all images. */
export function errorInHalf(half: string, images: Uint8Array, value: (i: number) => number): number {
  const mask = maskOf(half);
  let sum = 0;
  for (let i = 0; i < images.length; i++) if (mask[i % SIZE]) sum += (value(i) - images[i]! / 255) ** 2;
  return (2 * sum) / images.length;
}

/** The mean of every pixel over the images, 0..1. */
export function meanImage(images: Uint8Array): Float64Array {
  const mean = new Float64Array(SIZE);
  for (let i = 0; i < images.length; i++) mean[i % SIZE]! += images[i]!;
  return mean.map((sum) => (sum * SIZE) / (255 * images.length));
}
