// The examples that denoise a picture and a signal.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decode, encode } from 'fast-png';
import { nearlyNormal } from '../suites/normal.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-'));
after(() => rmSync(folder, { recursive: true }));

const run = (example: string, ...args: string[]) => {
  const main = fileURLToPath(new URL(`../../examples/node/${example}.ts`, import.meta.url));
  return spawnSync(process.execPath, ['--trace-warnings', main, ...args], { encoding: 'utf8', cwd: folder });
};
const succeeds = ({ status, stdout, stderr }: ReturnType<typeof run>): string => {
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return stdout;
};
/** The numbers of the line that begins with `start`. */
const numbers = (stdout: string, start: string): number[] => {
  const line = stdout.split('\n').find((text) => text.startsWith(start));
  assert.ok(line !== undefined, `${start} in ${stdout}`);
  return [...line.slice(start.length).matchAll(/\d+(?:\.\d+)?/g)].map(Number);
};
describe('denoise-image', () => {
  it('denoises the picture that it draws', () => {
    const stdout = succeeds(run('denoise-image'));
    const [before, cleaned] = numbers(stdout, 'PSNR');
    assert.ok(cleaned! > before! + 4, stdout);
    assert.ok(numbers(stdout, 'noise after:')[0]! < numbers(stdout, 'noise before:')[0]! / 3, stdout);
    for (const name of ['before.png', 'after.png']) {
      const { width, height, channels } = decode(readFileSync(join(folder, 'out', name)));
      assert.deepEqual([width, height, channels], [200, 150, 1]);
    }
  });

  it('denoises the colours of a file, and leaves the alpha channel', () => {
    const [width, height] = [45, 38];
    const noise = nearlyNormal(width * height * 4, 3);
    const smooth = (i: number): number => 128 + 60 * Math.sin(((i >> 2) % width) / 9 + (i % 4));
    const value = (i: number): number => (i % 4 === 3 ? i % 256 : Math.round(smooth(i) + 20 * noise[i]!));
    const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => value(i));
    const path = join(folder, 'colours.png');
    writeFileSync(path, encode({ data, width, height, channels: 4 }));
    succeeds(run('denoise-image', path, join(folder, 'cleaned')));
    const cleaned = decode(readFileSync(join(folder, 'cleaned', 'after.png')));
    assert.deepEqual([cleaned.width, cleaned.height, cleaned.channels], [width, height, 4]);
    for (let i = 3; i < data.length; i += 4) assert.equal(cleaned.data[i], data[i]);
    const error = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((sum, v, i) => sum + (i % 4 === 3 ? 0 : (v - smooth(i)) ** 2), 0);
    assert.ok(error(cleaned.data) < error(data) / 4, `${error(cleaned.data)} and ${error(data)}`);
  });

  it('names the fault of a file that it cannot read', () => {
    const path = join(folder, 'deep.png');
    writeFileSync(path, encode({ data: new Uint16Array(64), width: 8, height: 8, channels: 1, depth: 16 }));
    const { status, stderr } = run('denoise-image', path);
    assert.equal(status, 1);
    assert.match(stderr, /expected a PNG with 8 bits a channel and no palette, got .*deep\.png/);
  });
});

describe('denoise-signal', () => {
  it('denoises the signal that it draws', () => {
    const stdout = succeeds(run('denoise-signal'));
    const [before, cleaned] = numbers(stdout, 'error');
    assert.ok(cleaned! < before! / 2, stdout);
    assert.ok(Math.abs(numbers(stdout, '10000 readings, noise')[0]! - 0.3) < 0.03, stdout);
  });

  it('denoises a file', () => {
    const noise = nearlyNormal(1500, 3);
    const truth = Array.from({ length: 1500 }, (_, i) => 20 + 5 * Math.sin(i / 10));
    const [given, cleaned] = [join(folder, 'readings.csv'), join(folder, 'clean.csv')];
    writeFileSync(given, `time;value\n${truth.map((value, i) => `${i};${value + 1.5 * noise[i]!}`).join('\n')}\n`);
    succeeds(run('denoise-signal', given, cleaned));
    const error = (path: string): number => {
      const values = readFileSync(path, 'utf8').trim().split('\n').map((line) => Number(line.split(';').at(-1))); // biome-ignore format: one chain
      const rows = values.filter(Number.isFinite);
      assert.equal(rows.length, 1500);
      return rows.reduce((sum, value, i) => sum + (value - truth[i]!) ** 2, 0);
    };
    assert.ok(error(cleaned) < error(given) / 4, `${error(cleaned)} and ${error(given)}`);
  });

  it('names the fault of a file that is too short', () => {
    const path = join(folder, 'short.csv');
    writeFileSync(path, '1\n2\n3\n');
    const { status, stderr } = run('denoise-signal', path);
    assert.equal(status, 1);
    assert.match(stderr, /expected at least 640 readings, got 3/);
  });
});
