// The decision between one thread and several, with given times of steps.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Trial } from '../../src/threads/shared/trial.ts';

/** Whether each step of a run used threads, for times in ms of steps with and without threads. */
function run(steps: number, together: (step: number) => number, alone: number): boolean[] {
  const trial = new Trial();
  let now = 0;
  return Array.from({ length: steps }, (_, step) => {
    const { usesThreads } = trial;
    now += usesThreads ? together(step) : alone;
    trial.endStep(now);
    return usesThreads;
  });
}
const share = (used: readonly boolean[]): number => used.filter(Boolean).length / used.length;

describe('the trial of threads', () => {
  it('chooses threads where they are faster', () => {
    assert.ok(share(run(3000, () => 1, 2)) > 0.98);
  });

  it('chooses one thread where threads are slower', () => {
    assert.ok(share(run(3000, () => 2, 1)) < 0.06);
  });

  it('is not misled by some slow steps', () => {
    assert.ok(share(run(3000, (step) => (step % 3 ? 1 : 30), 2)) > 0.98);
  });

  it('measures again when the machine has changed', () => {
    const used = run(6000, (step) => (step < 1000 ? 3 : 1), 2);
    assert.equal(used[900], false);
    assert.ok(share(used.slice(3000)) > 0.98);
  });
});
