import { SingleBar } from 'cli-progress';
import type { FitOptions } from 'isthmus';

export type Progress = Required<Pick<FitOptions, 'onBatchEnd' | 'onEpochEnd'>> & { stop(): void };

const four = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(4));

/** A line an epoch, for what is no terminal. */
export function lines(title: string, epochs: number, say: (line: string) => void = console.error): Progress {
  return {
    onBatchEnd() {},
    onEpochEnd(epoch, { loss, valLoss, seconds }) {
      say(`${title} ${epoch + 1}/${epochs}  loss ${four(loss)}  val_loss ${four(valLoss)}  ${seconds.toFixed(2)} s`);
    },
    stop() {},
  };
}

/** One bar over all epochs, with the time that is left. */
function bar(title: string, epochs: number): Progress {
  const single = new SingleBar({
    format: `${title}  {bar} {percentage}%  epoch {epoch}/${epochs}  loss {loss}  val_loss {valLoss}  {eta_formatted}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    fps: 10,
    etaBuffer: 400,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  let going = false;
  let validated: number | undefined;
  return {
    onBatchEnd(batch, { epoch, batches = 1, loss }) {
      const state = { epoch: epoch + 1, loss: four(loss), valLoss: four(validated) };
      const done = epoch * batches + batch + 1;
      if (going) single.update(done, state);
      else single.start(epochs * batches, done, state);
      going = true;
    },
    onEpochEnd(_, { valLoss }) {
      validated = valLoss;
    },
    stop: () => single.stop(),
  };
}

/** How training goes, on stderr. */
export const progress = (title: string, epochs: number): Progress =>
  process.stderr.isTTY ? bar(title, epochs) : lines(title, epochs);
