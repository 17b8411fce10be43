// Grey photographs: read, cut into patches, and compared.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';

export interface Photograph {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** All PNG files of a folder, in the order of their names. Errors: one that is not grey of 8 bits. */
export function readPhotographs(folder: string): Photograph[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.png'));
  return files.sort().map((name) => {
    const { width, height, data, channels, depth } = decode(readFileSync(join(folder, name)));
    if (channels !== 1 || depth !== 8) throw new Error(`${name}: expected a grey image of 8 bits`);
    return { name, width, height, data: data as Uint8Array };
  });
}

/** Squares side by side from every photograph, each turned and mirrored in all eight ways, end to end. */
export function patches(photographs: readonly Photograph[], side: number): Uint8Array {
  const places = photographs.flatMap(({ width, height, data }) => {
    const [columns, rows] = [Math.floor(width / side), Math.floor(height / side)];
    return Array.from({ length: columns * rows }, (_, i) => {
      const start = Math.floor(i / columns) * side * width + (i % columns) * side;
      return { data, width, start };
    });
  });
  const out = new Uint8Array(places.length * 8 * side * side);
  let at = 0;
  for (const { data, width, start } of places) {
    for (let way = 0; way < 8; way++) {
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const u = way & 2 ? side - 1 - x : x;
          const v = way & 4 ? side - 1 - y : y;
          out[at++] = data[start + (way & 1 ? u * width + v : v * width + u)]!;
        }
      }
    }
  }
  return out;
}
