// Digits with half of the image missing.

const SIDE = 28;
const SIZE = SIDE * SIDE;

/** Whether a pixel is missing, by which half is. */
export const halves: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  left: (x) => x < SIDE / 2,
  right: (x) => x >= SIDE / 2,
  top: (_, y) => y < SIDE / 2,
  bottom: (_, y) => y >= SIDE / 2,
};

export interface Holed {
  /** Images with one half set to 0. */
  readonly x: Uint8Array;
  /** What was there; 0 outside the hole. */
  readonly targets: Uint8Array;
}

/** Every image without each of the halves named, half after half. */
export function holed(images: Uint8Array, names: readonly string[] = Object.keys(halves)): Holed {
  const x = new Uint8Array(images.length * names.length);
  const targets = new Uint8Array(images.length * names.length);
  names.forEach((name, k) => {
    const missing = halves[name]!;
    const mask = Array.from({ length: SIZE }, (_, j) => missing(j % SIDE, Math.floor(j / SIDE)));
    for (let i = 0; i < images.length; i++) {
      const to = mask[i % SIZE] ? targets : x;
      to[k * images.length + i] = images[i]!;
    }
  });
  return { x, targets };
}

/** Mean squared error inside the hole of a half, of values that are given for every pixel. */
export function errorInside(name: string, images: Uint8Array, value: (i: number) => number): number {
  const missing = halves[name]!;
  let sum = 0;
  for (let i = 0; i < images.length; i++) {
    const j = i % SIZE;
    if (missing(j % SIDE, Math.floor(j / SIDE))) sum += (value(i) - images[i]! / 255) ** 2;
  }
  return (2 * sum) / images.length;
}

/** The mean of every pixel over images, 0..1. */
export function meanOf(images: Uint8Array): Float64Array {
  const mean = new Float64Array(SIZE);
  for (let i = 0; i < images.length; i++) mean[i % SIZE]! += images[i]!;
  return mean.map((sum) => (sum * SIZE) / (255 * images.length));
}
