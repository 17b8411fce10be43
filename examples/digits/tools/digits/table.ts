// The figures of each epoch beside those of the published Keras run, and a comparison of the times.

import type { History } from 'isthmus';

/** The part of a history that the table shows. */
export type Figures = Pick<History, 'loss' | 'valLoss' | 'seconds'>;

/** The published run of the same walk-through: native Keras on a CPU. */
export const keras: Figures = {
  loss: [0.0243, 0.0069, 0.0051, 0.0045, 0.0043, 0.0042, 0.0041],
  valLoss: [0.0091, 0.0054, 0.0046, 0.0043, 0.0041, 0.0041, 0.004],
  seconds: [12, 16, 15, 8, 8, 9, 7],
};

const columns = ['epoch', 'loss', 'val_loss', 'time', 'Keras loss', 'Keras val_loss', 'Keras time'] as const;

const fourDecimals = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(4));

/** One row of cells for each epoch. The cells of the published run are dashes after its last epoch. */
export function rows({ loss, valLoss, seconds }: Figures): string[][] {
  return loss.map((value, i) => {
    const kerasSeconds = keras.seconds[i];
    return [
      String(i + 1),
      fourDecimals(value),
      fourDecimals(valLoss[i]),
      `${seconds[i]!.toFixed(2)} s`,
      fourDecimals(keras.loss[i]),
      fourDecimals(keras.valLoss[i]),
      kerasSeconds === undefined ? '–' : `${kerasSeconds} s`,
    ];
  });
}

/** The table as text for a terminal. */
export function table(figures: Figures): string {
  const cells = [[...columns], ...rows(figures)];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const lines = cells.map((row) => row.map((cell, i) => cell.padStart(widths[i]!)).join('  '));
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Compares the times over the epochs that both runs have. `drawn` adds a warning that the data differ. */
export function comparison({ seconds }: Pick<History, 'seconds'>, drawn = false): string {
  const epochs = Math.min(seconds.length, keras.seconds.length);
  const ours = total(seconds.slice(0, epochs)).toFixed(1);
  const published = total(keras.seconds.slice(0, epochs));
  const noun = epochs === 1 ? 'epoch' : 'epochs';
  const warning = drawn ? ' Its losses are of handwritten digits, ours of drawn ones.' : '';
  return `${epochs} ${noun} in ${ours} s on one thread; the published run took ${published} s (another machine).${warning}`;
}
