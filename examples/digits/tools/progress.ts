// Shows the progress of a training on standard error: a bar in a terminal, otherwise one line an epoch.

import { SingleBar } from 'cli-progress';
import type { FitOptions } from 'isthmus';
import { barStyle } from './bar-style.ts';

/** The callbacks of `fit` that report progress. `stop` removes the bar. */
export type Progress = Required<Pick<FitOptions, 'onBatchEnd' | 'onEpochEnd'>> & { stop(): void };

const fourDecimals = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(4));

/** Prints one line an epoch. */
export function progressLines(title: string, epochs: number, print: (line: string) => void = console.error): Progress {
  return {
    onBatchEnd() {},
    onEpochEnd(epoch, { loss, valLoss, seconds }) {
      const losses = `loss ${fourDecimals(loss)}  val_loss ${fourDecimals(valLoss)}`;
      print(`${title} ${epoch + 1}/${epochs}  ${losses}  ${seconds.toFixed(2)} s`);
    },
    stop() {},
  };
}

/** One bar over all epochs, with the time left. */
function progressBar(title: string, epochs: number): Progress {
  const bar = new SingleBar({
    ...barStyle,
    format: `${title}  {bar} {percentage}%  epoch {epoch}/${epochs}  loss {loss}  val_loss {valLoss}  {eta_formatted}`,
  });
  let started = false;
  let lastValLoss: number | undefined;
  return {
    onBatchEnd(batch, { epoch, batches = 1, loss }) {
      const state = { epoch: epoch + 1, loss: fourDecimals(loss), valLoss: fourDecimals(lastValLoss) };
      const done = epoch * batches + batch + 1;
      if (started) bar.update(done, state);
      else bar.start(epochs * batches, done, state);
      started = true;
    },
    onEpochEnd(_, { valLoss }) {
      lastValLoss = valLoss;
    },
    stop: () => bar.stop(),
  };
}

/** A bar where standard error is a terminal, otherwise lines. */
export const showProgress = (title: string, epochs: number): Progress =>
  process.stderr.isTTY ? progressBar(title, epochs) : progressLines(title, epochs);
