// ECG5000 of the UCR archive: heart beats of 140 values, of which class 1 is normal.

import { readFileSync } from 'node:fs';

export const BEAT_LENGTH = 140;

/** Reads the training file: text lines of a class and 140 values. */
export function readTrain(path: string): number[][] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/).map(Number));
}

/** Reads the test file: rows of a class and 140 values, in the NumPy format 1 with Fortran order. */
export function readTest(path: string): number[][] {
  const file = readFileSync(path);
  const header = file.toString('latin1', 10, 10 + file.readUInt16LE(8));
  const rows = Number(/'descr': '<f4', 'fortran_order': True, 'shape': \((\d+), 141\)/.exec(header)![1]);
  const at = (i: number, j: number): number => file.readFloatLE(10 + header.length + 4 * (j * rows + i));
  return Array.from({ length: rows }, (_, i) => Array.from({ length: BEAT_LENGTH + 1 }, (_, j) => at(i, j)));
}

/** The values of rows without their classes, end to end. */
export const valuesOf = (rows: readonly number[][]): Float32Array =>
  Float32Array.from(rows.flatMap((row) => row.slice(1)));
