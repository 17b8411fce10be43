// The example detect-anomalies.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../examples/node/detect-anomalies.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'isthmus-'));
after(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['--trace-warnings', main, ...args], { encoding: 'utf8' });
const flagged = (stdout: string): number[] => [...stdout.matchAll(/^window (\d+): score/gm)].map((match) => +match[1]!);

/** Writes a file of `count` windows of twelve readings, with a wrong reading in window 190. */
function file(name: string, count: number): string {
  const wave = (i: number): number => Math.sin((i % 12) / 2) * (3 + ((i * 7919) % 101) / 101) + ((i * 31) % 17) / 17;
  const lines = Array.from(
    { length: 12 * count },
    (_, i) => `${i};${(wave(i) + (i === 190 * 12 + 5 ? 9 : 0)).toFixed(3)}`,
  );
  const path = join(folder, name);
  writeFileSync(path, `time;value\n${lines.join('\n')}\n`);
  return path;
}

describe('detect-anomalies', () => {
  it('finds the faults that it draws, and their readings', () => {
    const { status, stdout, stderr } = run();
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.match(stdout, /^100 windows watched, threshold \d\.\d\d$/m);
    assert.match(stdout, /^window 460: score \d+\.\d\d, most in reading 20 \(\d\d % of it\)$/m);
    const found = flagged(stdout);
    for (const fault of [460, 470, 480, 490]) assert.ok(found.includes(fault), `${fault} in ${found}`);
    assert.ok(found.length <= 8, `${found.length} flagged`);
  });

  it('reads a file', () => {
    const { status, stdout, stderr } = run(file('readings.csv', 200), '12');
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.match(stdout, /^40 windows watched/);
    assert.match(stdout, /^window 190: score .* most in reading 5 /m);
  });

  it('names the fault of a file that is too short, and of an invalid window', () => {
    for (const [args, message] of [
      [[file('short.csv', 20), '12'], /expected 100 windows of at least 2 readings, got 20 of 12/],
      [[file('short.csv', 20), 'x'], /expected 100 windows .* got NaN of NaN/],
    ] as const) {
      const { status, stderr } = run(...args);
      assert.equal(status, 1);
      assert.match(stderr, message);
    }
  });
});
