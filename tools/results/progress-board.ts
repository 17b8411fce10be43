// The progress of recipes. A recipe in a child process sends messages; the parent shows those of all its children.

import { MultiBar } from 'cli-progress';
import { barStyle } from '../bar-style.ts';
import { type Progress, progressLines, showProgress } from '../progress.ts';

/** The progress of one training. */
export interface ProgressUpdate {
  readonly title: string;
  /** Finished batches, of all epochs. */
  readonly done: number;
  readonly total: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
}

/** What a child process sends: an update, or the line at the end of an epoch. */
export type ProgressMessage = ProgressUpdate | { readonly line: string };

/** Most updates a second. */
const UPDATES_PER_SECOND = 5;

/** Sends progress to the parent process. */
function progressMessages(title: string, epochs: number): Progress {
  const send = (message: ProgressMessage): boolean => process.send!(message);
  const { onEpochEnd } = progressLines(title, epochs, (line) => send({ line }));
  let sentAt = 0;
  return {
    onBatchEnd(batch, { epoch, batches = 1, loss }) {
      if (performance.now() - sentAt < 1000 / UPDATES_PER_SECOND) return;
      sentAt = performance.now();
      const done = epoch * batches + batch + 1;
      send({ title, done, total: epochs * batches, epoch: epoch + 1, epochs, loss });
    },
    onEpochEnd,
    stop() {},
  };
}

/** Shows the progress of a training here, or sends it to the parent process. */
export const reportProgress = (title: string, epochs: number): Progress =>
  process.send ? progressMessages(title, epochs) : showProgress(title, epochs);

/** Shows the progress of several recipes: bars in a terminal, otherwise one line an epoch. */
export interface ProgressBoard {
  show(message: ProgressMessage): void;
  /** Prints a line for standard output above the bars. */
  log(line: string): void;
  /** Prints a line for standard error above the bars. */
  warn(line: string): void;
  /** Removes the bar of a recipe. */
  remove(title: string): void;
  stop(): void;
}

const lineBoard: ProgressBoard = {
  show(message) {
    if ('line' in message) console.error(message.line);
  },
  log: (line) => console.log(line),
  warn: (line) => console.error(line),
  remove() {},
  stop() {},
};

export function progressBoard(): ProgressBoard {
  if (!process.stderr.isTTY) return lineBoard;
  const format = '{name}  {bar} {percentage}%  epoch {epoch}/{epochs}  loss {loss}  {eta_formatted}';
  const multi = new MultiBar({ ...barStyle, format });
  const bars = new Map<string, ReturnType<MultiBar['create']>>();
  return {
    show(message) {
      if ('line' in message) return;
      const { title, done, total, epoch, epochs, loss } = message;
      const state = { name: title.padEnd(14), epoch, epochs, loss: loss.toFixed(4) };
      const bar = bars.get(title) ?? multi.create(total, done, state);
      bars.set(title, bar);
      // A recipe that trains several models in turn has one bar, whose total changes.
      bar.setTotal(total);
      bar.update(done, state);
    },
    log: (line) => multi.log(`${line}\n`),
    warn: (line) => multi.log(`${line}\n`),
    remove(title) {
      const bar = bars.get(title);
      if (bar) multi.remove(bar);
      bars.delete(title);
    },
    stop: () => multi.stop(),
  };
}
