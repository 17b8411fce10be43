// How the recipes go, as one process of several tells the one that started it.

import { MultiBar } from 'cli-progress';
import { lines, type Progress, progress } from '../examples/digits/progress.ts';

/** Where a training stands. */
export interface Standing {
  readonly title: string;
  /** Batches, of all epochs. */
  readonly done: number;
  readonly total: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
}

/** Messages a second, at most. */
const FPS = 5;

/** Tells the process that started this one. */
function messages(title: string, epochs: number): Progress {
  const { onEpochEnd } = lines(title, epochs, (line) => process.send!({ line }));
  let told = 0;
  return {
    onBatchEnd(batch, { epoch, batches = 1, loss }) {
      if (performance.now() - told < 1000 / FPS) return;
      told = performance.now();
      const done = epoch * batches + batch + 1;
      process.send!({ title, done, total: epochs * batches, epoch: epoch + 1, epochs, loss } satisfies Standing);
    },
    onEpochEnd,
    stop() {},
  };
}

/** A bar here, or messages to the process that shows one for each of its children. */
export const reportOf = (title: string, epochs: number): Progress =>
  process.send ? messages(title, epochs) : progress(title, epochs);

/** What shows the standing of several at once: bars in a terminal, a line an epoch elsewhere. */
export interface Board {
  show(standing: Standing | { readonly line: string }): void;
  /** A line that stays, above the bars: what came of a recipe, and what went wrong. */
  log(line: string): void;
  warn(line: string): void;
  /** Takes away the bar of what has ended. */
  end(title: string): void;
  stop(): void;
}

function plain(): Board {
  return {
    show(standing) {
      if ('line' in standing) console.error(standing.line);
    },
    log: (line) => console.log(line),
    warn: (line) => console.error(line),
    end() {},
    stop() {},
  };
}

export function board(): Board {
  if (!process.stderr.isTTY) return plain();
  const format = '{name}  {bar} {percentage}%  epoch {epoch}/{epochs}  loss {loss}  {eta_formatted}';
  const multi = new MultiBar({
    ...{ format, stream: process.stderr, hideCursor: true, clearOnComplete: true, fps: 10, etaBuffer: 400 },
    ...{ barsize: 24, barCompleteChar: '█', barIncompleteChar: '░' },
  });
  const bars = new Map<string, ReturnType<MultiBar['create']>>();
  return {
    show(standing) {
      if ('line' in standing) return;
      const { title, done, total, epoch, epochs, loss } = standing;
      const state = { name: title.padEnd(14), epoch, epochs, loss: loss.toFixed(4) };
      const bar = bars.get(title) ?? multi.create(total, done, state);
      bars.set(title, bar);
      // A recipe may train several models, one after the other.
      bar.setTotal(total);
      bar.update(done, state);
    },
    log: (line) => multi.log(`${line}\n`),
    warn: (line) => multi.log(`${line}\n`),
    end(title) {
      const bar = bars.get(title);
      if (bar) multi.remove(bar);
      bars.delete(title);
    },
    stop: () => multi.stop(),
  };
}
