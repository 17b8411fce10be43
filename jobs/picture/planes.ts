// The color planes of some lines of a picture, in units of the noise.

import type { PictureValues } from './types.ts';

/**
 * An orthonormal transform of red, green and blue: brightness and two color differences. Noise keeps its deviation, and the
 * detail of most pictures is in the first plane.
 */
const COLOR = [
  [1, 1, 1].map((value) => value / Math.sqrt(3)),
  [1, 0, -1].map((value) => value / Math.SQRT2),
  [1, -2, 1].map((value) => value / Math.sqrt(6)),
] as const;
const GRAY = [[1]] as const;

/** A square of a plane. */
interface Tile {
  readonly values: Float32Array;
  readonly side: number;
  /** Values at each border that are not used. */
  readonly margin: number;
}

/** The picture of which the planes are made. */
export interface PlanesSource {
  readonly data: PictureValues;
  /** The cleaned picture, at first a copy of `data`. */
  readonly target: PictureValues;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** The largest value. */
  readonly range: number;
  /** Values are divided by it. */
  readonly unit: number;
}

/** Some lines as planes. */
export interface ColorPlanes {
  readonly width: number;
  readonly height: number;
  /** Number of planes: 1 or 3. */
  readonly count: number;
  /** Reads `lines` lines from `top` on; lines beyond the picture are mirrored. */
  load(top: number, lines: number): void;
  /** Copies a square of a plane; columns beyond the picture are mirrored. */
  gather(plane: number, left: number, side: number, values: Float32Array): void;
  /** Puts the inner part of a square into the cleaned planes. */
  put(plane: number, left: number, tile: Tile): void;
  /** Writes cleaned lines to the target. */
  store(top: number, lines: number): void;
}

/** The index within 0..size-1 that mirrors `index`: 2 1 | 0 1 2 3 | 2 1. */
function mirrored(index: number, size: number): number {
  const period = 2 * (size - 1) || 1;
  const position = ((index % period) + period) % period;
  return position < size ? position : period - position;
}

/** The planes of a picture. Alpha is left out. */
export function planesOf(source: PlanesSource): ColorPlanes {
  const { data, target, width, height, channels, range, unit } = source;
  const transform: readonly (readonly number[])[] = channels < 3 ? GRAY : COLOR;
  const count = transform.length;
  const isInteger = !(data instanceof Float32Array);
  let noisy: Float32Array[] = [];
  let clean: Float32Array[] = [];
  return {
    width,
    height,
    count,
    load(top, lines) {
      noisy = transform.map(() => new Float32Array(lines * width));
      clean = transform.map(() => new Float32Array(lines * width));
      for (let line = 0; line < lines; line++) {
        const from = mirrored(top + line, height) * width;
        for (let x = 0; x < width; x++) {
          const pixel = (from + x) * channels;
          for (let plane = 0; plane < count; plane++) {
            let sum = 0;
            for (let c = 0; c < count; c++) sum += transform[plane]![c]! * data[pixel + c]!;
            noisy[plane]![line * width + x] = sum / unit;
          }
        }
      }
    },
    gather(plane, left, side, values) {
      const columns = Int32Array.from({ length: side }, (_, i) => mirrored(left + i, width));
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) values[y * side + x] = noisy[plane]![y * width + columns[x]!]!;
      }
    },
    put(plane, left, { values, side, margin }) {
      const inner = side - 2 * margin;
      const end = Math.min(inner, width - left);
      for (let y = 0; y < inner; y++) {
        const from = (y + margin) * side + margin;
        clean[plane]!.set(values.subarray(from, from + end), y * width + left);
      }
    },
    store(top, lines) {
      for (let i = 0; i < lines * width; i++) {
        const pixel = (top * width + i) * channels;
        for (let c = 0; c < count; c++) {
          let sum = 0;
          for (let plane = 0; plane < count; plane++) sum += transform[plane]![c]! * clean[plane]![i]!;
          const value = Math.max(0, Math.min(range, sum * unit));
          target[pixel + c] = isInteger ? Math.round(value) : value;
        }
      }
    },
  };
}
