// Labels: integers for classes, and their one-hot rows.

import { wrongType, wrongValue } from '../core/errors.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import type { Labels } from '../core/types.ts';
import { checkCount, SampleBatch } from './sample-batch.ts';

/**
 * One row for each label: 1 at the class, 0 elsewhere. Errors: TypeError for a value that is no list; RangeError for another
 * number of labels than `count`, and for a label that is no class of `output`.
 */
export function oneHot(name: string, labels: Labels, count: number | undefined, output: Shape): SampleBatch {
  const classes = sizeOf(output);
  checkLabels(name, labels, classes);
  const { length } = labels;
  checkCount(name, length, count, 'labels');
  const rows = new Float32Array(length * classes);
  for (let i = 0; i < length; i++) rows[i * classes + labels[i]!] = 1;
  return new SampleBatch(name, rows, output);
}

function checkLabels(name: string, labels: Labels, classes: number): void {
  const isList = Array.isArray(labels) || (ArrayBuffer.isView(labels) && 'length' in labels);
  if (!isList) throw wrongType(name, 'a list of integers', labels);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw wrongValue(`${name}[${i}]`, `integer 0..${classes - 1}`, label);
    }
  }
}

/** The index of the largest value of each row of `classes` values; the first one of equal values. */
export function argmax(rows: Float32Array, classes: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: rows.length / classes }, (_, row) => {
    const start = row * classes;
    let best = 0;
    for (let j = 1; j < classes; j++) if (rows[start + j]! > rows[start + best]!) best = j;
    return best;
  });
}
