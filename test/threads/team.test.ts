// A thread that ends in the middle of a share: the calling thread completes the share, and no value is changed twice.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { CALL_NUMBERS, newRecorder } from '../../src/threads/calls.ts';
import * as control from '../../src/threads/shared/control.ts';
import type { RunnerMessage } from '../../src/threads/shared/runner.ts';
import { sharedModuleBytes } from '../../src/threads/shared/shared-module.ts';
import { Team } from '../../src/threads/shared/team.ts';
import type { Kernels } from '../../src/wasm/kernels.ts';

const page = globalThis as { Worker?: unknown };
let message: RunnerMessage | undefined;
let terminated = 0;
page.Worker = class {
  postMessage(data: RunnerMessage): void {
    message = data;
  }
  terminate(): void {
    terminated++;
  }
  addEventListener(): void {}
};
after(() => {
  page.Worker = undefined;
});

/** Kernels in JavaScript: `mark` lets a worker take share 1 and end after some calls, the last of them half done. */
const names = ['copy', 'add', 'mark'];
const calls = newRecorder(names);
const kernels = calls.kernels as unknown as Record<string, (...values: number[]) => void>;

function setUp(ends: { afterCalls: number; halfDone: boolean }) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const values = new Float32Array(memory.buffer);
  const copy = (to: number, from: number, n: number): void => void values.copyWithin(to / 4, from / 4, from / 4 + n);
  /** Adds 1 to n values in place. */
  const add = (at: number, n: number): void => {
    for (let i = 0; i < n; i++) values[at / 4 + i]! += 1;
  };
  const functions = [copy, add];
  const mark = (): void => {
    const words = new Int32Array(message!.jobs.buffer);
    const numbers = new Float64Array(message!.jobs.buffer, control.CONTROL_BYTES);
    const at = (control.FIRST_SHARE + 1) * control.SHARE_WORDS;
    const sequence = words[control.SEQUENCE]!;
    assert.equal(Atomics.compareExchange(words, at + control.CLAIM, sequence, -sequence), sequence);
    for (let call = 0; call < ends.afterCalls; call++) {
      const [index, ...rest] = numbers.subarray(
        (words[at + control.FIRST_CALL]! + call) * CALL_NUMBERS,
      ) as unknown as number[];
      const isLast = call === ends.afterCalls - 1;
      if (isLast && ends.halfDone) add(rest[0]!, rest[1]! / 2);
      else functions[index!]!(rest[0]!, rest[1]!, rest[2]!);
      words[at + control.PROGRESS] = isLast && ends.halfDone ? call : call + 1;
    }
  };
  const team = new Team(2, { memory, modules: [], names, functions: [copy, add, mark] }, () => {});
  return { team, values };
}

describe('a team', () => {
  for (const ends of [
    { afterCalls: 0, halfDone: false },
    { afterCalls: 1, halfDone: false },
    { afterCalls: 2, halfDone: false },
    { afterCalls: 2, halfDone: true },
    { afterCalls: 3, halfDone: false },
    { afterCalls: 4, halfDone: true },
  ]) {
    it(`continues a share of calls in place that ended ${ends.halfDone ? 'within' : 'after'} call ${ends.afterCalls}`, () => {
      const { team, values } = setUp(ends);
      terminated = 0;
      kernels.mark!();
      const own = calls.take();
      // Blocks at 400 and 440, each copied to 800 before it is changed.
      for (const block of [400, 440]) {
        kernels.copy!(800, block, 10);
        kernels.add!(block, 10);
      }
      const shares = [team.store(own)!, team.store(calls.take())!];
      assert.ok(team.isActive);
      team.run({ shares, inPlace: new Set([1]) });
      assert.deepEqual([...values.subarray(100, 120)], Array(20).fill(1));
      assert.equal(terminated, 1);
      assert.equal(team.isActive, false);
    });
  }

  for (const ends of [
    { afterCalls: 2, halfDone: true },
    { afterCalls: 2, halfDone: false },
    { afterCalls: 3, halfDone: false },
  ]) {
    it(`continues a share that changes a copy and ended ${ends.halfDone ? 'within' : 'after'} call ${ends.afterCalls}`, () => {
      const { team, values } = setUp(ends);
      kernels.mark!();
      const own = calls.take();
      kernels.copy!(800, 400, 10);
      kernels.add!(800, 10);
      kernels.copy!(400, 800, 10);
      team.run({ shares: [team.store(own)!, team.store(calls.take())!], inPlace: new Set([1]) });
      assert.deepEqual([...values.subarray(100, 110)], Array(10).fill(1));
    });
  }

  it('runs another share again from its start', () => {
    const { team, values } = setUp({ afterCalls: 2, halfDone: false });
    kernels.mark!();
    const own = calls.take();
    kernels.copy!(400, 800, 10);
    kernels.add!(400, 10);
    team.run({ shares: [team.store(own)!, team.store(calls.take())!] });
    assert.deepEqual([...values.subarray(100, 110)], Array(10).fill(1));
  });

  it('runs every share itself before a worker comes', () => {
    const { team, values } = setUp({ afterCalls: 0, halfDone: false });
    const shares = [0, 1, 2].map((i) => {
      kernels.add!(400 + 40 * i, 10);
      return team.store(calls.take())!;
    });
    team.run({ shares });
    team.run({ shares });
    assert.deepEqual([...values.subarray(100, 130)], Array(30).fill(2));
    assert.ok(team.isActive);
  });

  it('keeps recorded calls when its memory of jobs grows, and refuses more than it holds', () => {
    const { team, values } = setUp({ afterCalls: 0, halfDone: false });
    kernels.add!(400, 1);
    const first = team.store(calls.take())!;
    const many = Array(CALL_NUMBERS * 200_000).fill(0) as number[];
    assert.ok(team.store(many));
    assert.equal(team.store(Array(CALL_NUMBERS * 300_000).fill(0) as number[]), undefined);
    team.run({ shares: [first] });
    assert.equal(values[100], 1);
  });
});

describe('modules for a shared memory', () => {
  it('are valid, and have the exports of the others', async () => {
    const { inferStrict, trainRelaxed } = (await import('#wasm')) as unknown as Record<string, string>;
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    for (const text of [inferStrict!, trainRelaxed!]) {
      const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(sharedModuleBytes(text)), {
        env: { memory },
      });
      assert.ok(Object.keys(exports as unknown as Kernels).length > 5);
    }
  });
});
