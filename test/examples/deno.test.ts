// The example for Deno with the packed package, with the permissions of its tasks.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { gzipSync } from 'node:zlib';
import { lacking, needing, tool } from '../runtimes/harness.ts';
import { checkVersions, folderOf } from './project.ts';

const missing = lacking('.bin/deno');
const folder = folderOf('deno');

function deno(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
  return spawnSync(tool('.bin/deno'), args, { cwd: folder, encoding: 'utf8', env });
}
const { tasks } = JSON.parse(readFileSync(new URL('../../examples/deno/deno.json', import.meta.url), 'utf8'));
/** Runs the command of a task directly: `deno task` would use the deno in node_modules. */
const task = (name: string, ...args: string[]) => deno(...tasks[name].split(' ').slice(1), ...args);

describe('in Deno', () => {
  needing(missing, 'the example has no type errors', () => {
    checkVersions('deno');
    const { status, stderr } = deno('check', '--quiet', 'main.ts');
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  needing(missing, 'a column of readings is packed and unpacked within the maximum error', () => {
    // With 40,007 readings the last window is not full.
    const readings = Array.from({ length: 40_007 }, (_, i) => 20 + 3 * Math.sin(i / 9) + Math.sin(i / 101) + ((i * 7919) % 13) / 100); // biome-ignore format: one line
    const text = `time;celsius\n${readings.map((value, i) => `${i};${value.toFixed(3)}`).join('\n')}\n`;
    writeFileSync(join(folder, 'readings.csv'), text);
    for (const [bound, part] of [
      [0.05, 1 / 4],
      [0.002, 2 / 3],
    ] as const) {
      // biome-ignore format: one line
      const packed = task('pack', 'readings.csv', 'readings.packed', String(bound));
      assert.deepEqual([packed.status, packed.stderr], [0, '']);
      const size = statSync(join(folder, 'readings.packed')).size;
      assert.equal(packed.stdout, `${text.length} bytes of text became ${size}, the model included\n`);
      const column = readings.map((value) => value.toFixed(3)).join('\n');
      assert.ok(size < gzipSync(column).length * part, `${size} bytes, gzip ${gzipSync(column).length}`);
      const { status, stdout, stderr } = task('unpack', 'readings.packed', 'back.csv');
      assert.deepEqual([status, stdout, stderr], [0, '40007 readings\n', '']);
      const back = readFileSync(join(folder, 'back.csv'), 'utf8').trim().split('\n').map(Number);
      assert.equal(back.length, readings.length);
      back.forEach((value, i) => {
        const error = Math.abs(value - Number(readings[i]!.toFixed(3)));
        // The codec compresses float32 values. Below 4 they differ from the readings by less than 2^-22.
        assert.ok(error <= bound + 2 ** -22, `reading ${i} is off by ${error}`);
      });
    }
  });

  needing(missing, 'errors name the fault', () => {
    writeFileSync(join(folder, 'short.csv'), '1\n2\n');
    for (const [args, message] of [
      [[], /^usage: deno task pack/],
      [['pack', 'short.csv', 'packed'], /expected at least 3200 readings, got 2/],
      [['pack', 'readings.csv', 'packed', '-1'], /"maxError" expected a number above 0, got -1/],
      [['unpack', 'readings.csv', 'back.csv'], /FormatError/],
    ] as const) {
      const { status, stderr } = deno(
        'run',
        '--quiet',
        '--no-prompt',
        '--allow-read',
        '--allow-write',
        'main.ts',
        ...args,
      );
      assert.equal(status, 1, stderr);
      assert.match(stderr, message);
    }
  });
});
