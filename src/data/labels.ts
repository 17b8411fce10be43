// Labels: numbers of classes, which become rows that are 1 at the class and 0 elsewhere.

import { wrongType, wrongValue } from '../core/errors.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import type { Labels } from '../core/types.ts';
import { checkCount } from '../engine/measure.ts';
import { SampleBatch } from './sample-batch.ts';

/** Rows of targets. Errors: TypeError for no list; RangeError for another number of them, and for no class. */
export function oneHot(name: string, labels: Labels, count: number | undefined, output: Shape): SampleBatch {
  const classes = sizeOf(output);
  const { length } = checkLabels(name, labels, classes);
  checkCount(name, length, count, 'labels');
  const rows = new Float32Array(length * classes);
  for (let i = 0; i < length; i++) rows[i * classes + labels[i]!] = 1;
  return new SampleBatch(name, rows, output);
}

function checkLabels(name: string, labels: Labels, classes: number): Labels {
  const list = Array.isArray(labels) || (ArrayBuffer.isView(labels) && 'length' in labels);
  if (!list) throw wrongType(name, 'a list of integers', labels);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw wrongValue(`${name}[${i}]`, `integer 0..${classes - 1}`, label);
    }
  }
  return labels;
}

/** The place of the largest value of each row: the class that is most likely. */
export function argmax(rows: Float32Array, classes: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: rows.length / classes }, (_, r) => {
    let best = 0;
    for (let j = 1; j < classes; j++) if (rows[r * classes + j]! > rows[r * classes + best]!) best = j;
    return best;
  });
}
