// Runs a task after each change of the signals that it reads: one at a time, the latest state last.
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { fail } from '../messages.ts';

/**
 * `prepare` reads signals and returns the task for their values; undefined for none. Gives the latest result.
 */
export function useLatest<T>(prepare: () => (() => Promise<T>) | undefined): T | undefined {
  const result = useSignal<T | undefined>(undefined);
  const queue = useRef<{ isRunning: boolean; next: (() => Promise<T>) | undefined }>({
    isRunning: false,
    next: undefined,
  });
  useSignalEffect(() => {
    const task = prepare();
    if (!task) return;
    queue.current.next = task;
    if (!queue.current.isRunning) run();
  });
  const run = async (): Promise<void> => {
    queue.current.isRunning = true;
    while (queue.current.next) {
      const task = queue.current.next;
      queue.current.next = undefined;
      try {
        result.value = await task();
      } catch (error) {
        fail(error);
      }
    }
    queue.current.isRunning = false;
  };
  return result.value;
}
