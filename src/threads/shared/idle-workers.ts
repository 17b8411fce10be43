// Idle workers between two runs of `fit`. Starting a worker takes 30 to 100 ms, so an idle worker waits some seconds for the next run.

import { startWorker, type WorkerHandle } from '../start-worker.ts';
import { runnerText } from './runner.ts';

/** Milliseconds after which an idle worker ends. */
const IDLE_MILLISECONDS = 10_000;

/** A worker that runs `runnerText`. */
export interface Runner extends WorkerHandle {
  /** Called once when the worker has failed or ended. */
  onEnd: (reason: string) => void;
}

const idle = new Map<Runner, unknown>();

const forget = (runner: Runner): void => {
  clearTimeout(idle.get(runner) as number);
  idle.delete(runner);
};

/** An idle worker, or a new worker. Undefined where the runtime cannot start workers. */
export function takeRunner(onEnd: Runner['onEnd']): Runner | undefined {
  const [found] = idle.keys();
  if (found) {
    forget(found);
    found.onEnd = onEnd;
    return found;
  }
  const handle = startWorker(runnerText(), (reason) => runner?.onEnd(reason));
  const runner: Runner | undefined = handle && { ...handle, onEnd };
  return runner;
}

/** Keeps a worker for the next call of `takeRunner`, for some seconds. */
export function releaseRunner(runner: Runner): void {
  const end = (): void => {
    forget(runner);
    runner.terminate();
  };
  if (typeof setTimeout !== 'function') {
    end();
    return;
  }
  runner.onEnd = () => forget(runner);
  const timer = setTimeout(end, IDLE_MILLISECONDS);
  (timer as { unref?(): void }).unref?.();
  idle.set(runner, timer);
}
