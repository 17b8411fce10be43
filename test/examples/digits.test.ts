// The examples on digits, with a few drawn digits.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-'));
after(() => rmSync(folder, { recursive: true }));

/** Runs an example, which must succeed without a warning. Gives its output. */
function run(name: string, ...args: string[]): string {
  const main = fileURLToPath(new URL(`../../examples/digits/${name}.ts`, import.meta.url));
  const command = ['--trace-warnings', main, '--quick', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  assert.equal(stderr, '', name);
  assert.equal(status, 0, name);
  return stdout;
}

describe('examples on digits', () => {
  it('compare-with-pca gives a verdict on each model', () => {
    const lines = run('compare-with-pca').trim().split('\n');
    assert.match(lines[0]!, /^32 principal components: 0\.0\d{3}$/);
    assert.equal(lines.length, 3);
    for (const line of lines.slice(1))
      assert.match(line, /dense layers?: 0\.\d{4}, (useless|\d+ % less); its encoder alone \d+ KB$/);
  });

  it('sparse-features reaches its target', () => {
    const text = run('sparse-features');
    const shares = [...text.matchAll(/, ([\d.]+) % active$/gm)].map((match) => Number(match[1]));
    assert.equal(shares.length, 4);
    assert.ok(shares[3]! > 2.5 && shares[3]! < 10, `${shares}`);
    assert.equal([...text.matchAll(/^\d: feature \d+ is active for \d+ % of them/gm)].length, 10);
  });

  it('rate-and-error takes fewer bytes with a larger weight of the rate', () => {
    const lines = run('rate-and-error').trim().split('\n');
    assert.equal(lines.length, 5);
    const bytes = lines.map((line) => Number(/ ([\d.]+) bytes, error 0\.\d{4}$/.exec(line)![1]));
    assert.ok(bytes[0]! > bytes[1]! + 1 && bytes[1]! > bytes[2]! + 1 && bytes[2]! > 1, lines.join('\n'));
  });

  it('generate-digits writes new digits', () => {
    const text = run('generate-digits', '--out', folder);
    const bounds = /likelihood: (-[\d.]+), importance-weighted (-[\d.]+) nats/.exec(text)!;
    assert.ok(Number(bounds[2]) >= Number(bounds[1]), text);
    const { width, height } = decode(readFileSync(join(folder, 'generated.png')));
    assert.ok(width > 250 && height > 80, `${width} × ${height}`);
  });

  it('few-labels compares a pretrained encoder with an untrained one', () => {
    const shares = [...run('few-labels').matchAll(/: ([\d.]+) % right, the first five are( \d){5}$/gm)];
    assert.equal(shares.length, 2);
    for (const [, share] of shares) assert.ok(Number(share) > 5 && Number(share) <= 100, `${share} %`);
  });

  it('small-set tries every remedy', () => {
    const rows = run('small-set').trim().split('\n').slice(1);
    assert.equal(rows.length, 6);
    for (const row of rows) assert.match(row, /^[a-z ]+ +5 +0\.\d{4} +0\.\d{4}$/);
  });

  it('inpaint-digits fills in the missing half, and writes a picture', () => {
    const text = run('inpaint-digits', '--out', folder);
    assert.match(text, /^error in the missing half: 0\.\d{4} left black, 0\.\d{4} filled in$/m);
    const { width, height } = decode(readFileSync(join(folder, 'inpainted.png')));
    assert.ok(width > 250 && height > 80, `${width} × ${height}`);
  });

  it('denoised-copies compares labelled digits with and without cleaned copies', () => {
    const shares = [
      ...run('denoised-copies').matchAll(/: [\d.]+ % of clean digits right, ([\d.]+) % of cleaned ones$/gm),
    ];
    assert.equal(shares.length, 2);
    for (const [, share] of shares) assert.ok(Number(share) > 5 && Number(share) <= 100, `${share} %`);
  });
});
