import type { History } from 'isthmus';

/** The part of a history that the table shows. */
export type Figures = Pick<History, 'loss' | 'valLoss' | 'seconds'>;

/** The published run of the same walk-through: native Keras on a CPU. */
export const keras: Figures = {
  loss: [0.0243, 0.0069, 0.0051, 0.0045, 0.0043, 0.0042, 0.0041],
  valLoss: [0.0091, 0.0054, 0.0046, 0.0043, 0.0041, 0.0041, 0.004],
  seconds: [12, 16, 15, 8, 8, 9, 7],
};

export const heads = ['epoch', 'loss', 'val_loss', 'time', 'Keras loss', 'Keras val_loss', 'Keras time'] as const;

const four = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(4));

/** One row an epoch: ours, then the published run as far as it went. */
export function rows({ loss, valLoss, seconds }: Figures): string[][] {
  return loss.map((value, i) => {
    const time = keras.seconds[i];
    const theirs = [four(keras.loss[i]), four(keras.valLoss[i]), time === undefined ? '–' : `${time} s`];
    return [String(i + 1), four(value), four(valLoss[i]), `${seconds[i]!.toFixed(2)} s`, ...theirs];
  });
}

/** The same for a terminal. */
export function table(figures: Figures): string {
  const lines = [[...heads], ...rows(figures)];
  const widths = heads.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  const text = lines.map((line) => line.map((cell, i) => cell.padStart(widths[i]!)).join('  '));
  return [text[0], widths.map((width) => '─'.repeat(width)).join('  '), ...text.slice(1)].join('\n');
}

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** How the times compare, over the epochs that both have; and a word of warning where the data differ. */
export function comparison({ seconds }: Pick<History, 'seconds'>, drawn = false): string {
  const epochs = Math.min(seconds.length, keras.seconds.length);
  const [ours, theirs] = [total(seconds.slice(0, epochs)), total(keras.seconds.slice(0, epochs))];
  const noun = epochs === 1 ? 'epoch' : 'epochs';
  const data = drawn ? ' Its losses are of handwritten digits, ours of drawn ones.' : '';
  return `${epochs} ${noun} in ${ours.toFixed(1)} s on one thread; the published run took ${theirs} s (another machine).${data}`;
}
