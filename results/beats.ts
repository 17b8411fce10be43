// ECG5000 (UCR archive): heart beats of 140 values, class 1 the normal ones; and the area under a ROC curve.

import { readFileSync } from 'node:fs';

export const LENGTH = 140;

/** Rows of class and 140 values: lines of text, or NumPy's format 1 in Fortran order. */
export function readTrain(path: string): number[][] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/).map(Number));
}

export function readTest(path: string): number[][] {
  const file = readFileSync(path);
  const header = file.toString('latin1', 10, 10 + file.readUInt16LE(8));
  const rows = Number(/'descr': '<f4', 'fortran_order': True, 'shape': \((\d+), 141\)/.exec(header)![1]);
  const at = (i: number, j: number): number => file.readFloatLE(10 + header.length + 4 * (j * rows + i));
  return Array.from({ length: rows }, (_, i) => Array.from({ length: LENGTH + 1 }, (_, j) => at(i, j)));
}

/** The values of rows, without their classes, end to end. */
export const beats = (rows: readonly number[][]): Float32Array =>
  Float32Array.from(rows.flatMap((row) => row.slice(1)));

/** The chance that a strange one scores above a normal one, ties counted half (Mann and Whitney, 1947). */
export function areaUnderRoc(scores: Float32Array, strange: readonly boolean[]): number {
  const normal = scores.filter((_, i) => !strange[i]).sort();
  const place = (score: number, after: boolean): number => {
    let [low, high] = [0, normal.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (normal[middle]! < score || (after && normal[middle] === score)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const found = scores.filter((_, i) => strange[i]);
  const wins = found.reduce((sum, score) => sum + (place(score, false) + place(score, true)) / 2, 0);
  return wins / found.length / normal.length;
}
