// Blocks that a worker answers while the caller waits for its own callback.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runBlocks } from '../../src/threads/plain/blocks.ts';
import type { PlainWorker, TaskResult } from '../../src/threads/plain/worker.ts';

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 5);
  });

it('the progress of a block that is answered during onProgress is reported', async () => {
  const waiting: ((answer: TaskResult) => void)[] = [];
  const answer = (): void => waiting.shift()?.({} as TaskResult);
  const worker = {
    isReady: true,
    ended: false,
    get tasks() {
      return waiting.length;
    },
    run: () => new Promise<TaskResult>((resolve) => waiting.push(resolve)),
  };
  const used: number[] = [];
  const progress: number[] = [];
  const work = {
    count: 3,
    task: () => ({}) as never,
    receive: (block: number) => block,
    compute: (block: number) => block,
    use: (block: number) => used.push(block),
  };
  // The worker has blocks 0 and 1, the caller computes block 2 and waits. Block 1 is answered during the call for block 0.
  setTimeout(answer, 20);
  const onProgress = async (done: number): Promise<void> => {
    progress.push(done);
    answer();
    await pause();
  };
  await runBlocks([worker as unknown as PlainWorker], work, { onProgress });
  assert.deepEqual(used, [0, 1, 2]);
  assert.deepEqual(progress, [1 / 3, 1]);
});
