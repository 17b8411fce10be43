// Grey photographs, and patches of them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';

export interface Photograph {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Reads all PNG files of a folder, in the order of their names. Errors: a file that is not grey with 8 bits. */
export function readPhotographs(folder: string): Photograph[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.png'));
  return files.sort().map((name) => {
    const { width, height, data, channels, depth } = decode(readFileSync(join(folder, name)));
    if (channels !== 1 || depth !== 8) throw new Error(`${name}: expected a grey image of 8 bits`);
    return { name, width, height, data: data as Uint8Array };
  });
}

/** Cuts every photograph into squares, each in all eight rotations and reflections, end to end. */
export function patches(photographs: readonly Photograph[], side: number): Uint8Array {
  const squares = photographs.flatMap(({ width, height, data }) => {
    const [columns, rows] = [Math.floor(width / side), Math.floor(height / side)];
    return Array.from({ length: columns * rows }, (_, i) => {
      const start = Math.floor(i / columns) * side * width + (i % columns) * side;
      return { data, width, start };
    });
  });
  const out = new Uint8Array(squares.length * 8 * side * side);
  let offset = 0;
  for (const { data, width, start } of squares) {
    for (let symmetry = 0; symmetry < 8; symmetry++) {
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const u = (symmetry & 2) !== 0 ? side - 1 - x : x;
          const v = (symmetry & 4) !== 0 ? side - 1 - y : y;
          out[offset++] = data[start + ((symmetry & 1) !== 0 ? u * width + v : v * width + u)]!;
        }
      }
    }
  }
  return out;
}
