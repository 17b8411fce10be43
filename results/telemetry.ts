// Hourly sensors of the UCI Air Quality data set, and a slice of a vorticity field.

import { readFileSync } from 'node:fs';

export const SENSORS = 13;
export const FIELD = 512;

/** Reads rows of 13 values, end to end. Missing values remain -200. */
export function readSensors(path: string): Float32Array {
  const rows = readFileSync(path, 'latin1')
    .split('\n')
    .slice(1)
    .map((line) =>
      line
        .trim()
        .split(';')
        .slice(2, 2 + SENSORS),
    )
    .filter((cells) => cells.length === SENSORS && cells.every((cell) => cell !== ''));
  return Float32Array.from(rows.flatMap((cells) => cells.map((cell) => Number(cell.replace(',', '.')))));
}

/** Reads 512 rows of 512 values, little-endian float32. */
export function readField(path: string): Float32Array {
  const file = readFileSync(path);
  return Float32Array.from({ length: file.length / 4 }, (_, i) => file.readFloatLE(4 * i));
}
