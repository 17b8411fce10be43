// Names of files and arguments that a program can misread: control characters, long names, empty names, "-" twice.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { encode as encodePng } from 'fast-png';
import { readBytes } from '../../cli/input.ts';
import { isthmus, temporaryFolder } from './command.ts';
import { barPictures, tableText } from './data.ts';

const folder = temporaryFolder();
const isWindows = process.platform === 'win32';
const run = (args: readonly string[], input: Uint8Array | string = '') => isthmus(args, { folder, input });

describe('names of files', () => {
  it('with control characters are shown with escapes, in one line with the reason', { skip: isWindows }, async () => {
    const name = 'line\nend \u001b[31m.csv';
    writeFileSync(join(folder, name), 'a,b\n"1,2\n');
    const { code, stderr } = await run(['detect', name]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: line\\nend \\u001b\[31m\.csv: row 2 of the CSV: a cell begins with a quote.*\n$/);
    const missing = await run(['detect', 'no\nfile.csv']);
    assert.equal(missing.stderr, 'error: cannot read no\\nfile.csv: no such file (ENOENT)\n');
  });

  it('of 255 bytes can be written', async () => {
    const subfolder = join(folder, 'long');
    mkdirSync(subfolder);
    writeFileSync(join(subfolder, `${'n'.repeat(246)}.csv`), tableText(20));
    const { code, stderr } = await isthmus(['compress', `${'n'.repeat(246)}.csv`], { folder: subfolder });
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      readdirSync(subfolder).map((name) => name.length),
      [250, 255],
    );
  });

  it('that are too long are refused with the reason', { skip: isWindows }, async () => {
    writeFileSync(join(folder, 'short.csv'), tableText(20));
    const { code, stderr } = await run(['compress', 'short.csv', '-o', `${'n'.repeat(300)}.isth`]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*cannot write .*: the name is too long \(ENAMETOOLONG\)\n$/);
  });

  it('that are empty, and standard input twice, are wrong arguments', async () => {
    writeFileSync(join(folder, 'x.csv'), tableText(20));
    const cases: [string[], RegExp][] = [
      [['compress', ''], /^error: a file expected a name, got ""\n$/],
      [['compress', 'x.csv', '-o', ''], /^error: "--output" expected a name, got ""\n$/],
      [['compress', '-', '-'], /^error: standard input can be read once: use "-" once\n$/],
      [['detect', 'x.csv', '--plot', 'x.svg', '-o', './x.svg'], /^error: two outputs have the same name "x\.svg"\n$/],
      [['detect', 'x.csv', '--plot', 'x.svg', '--save', 'x.svg'], /^error: two outputs have the same name "x\.svg"\n$/],
      [
        ['train', 'x.csv', '-o', 'y.safetensors', '--checkpoint', 'y.safetensors'],
        /^error: two outputs have the same name "y\.safetensors"\n$/,
      ],
      [['inspect', '-', 'x.csv', '-'], /^error: standard input can be read once/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await run(args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.match(stderr, message);
    }
  });
});

it('devices that have no end are refused', { skip: isWindows }, async () => {
  await assert.rejects(readBytes('/dev/zero', 2 ** 20), /^Failure: cannot read \/dev\/zero: a file of .* is too large/);
});

describe('advice in errors', () => {
  it('about large pictures names options that the command has', async () => {
    const picture = encodePng({ width: 1200, height: 1000, channels: 1, data: new Uint8Array(1_200_000) });
    writeFileSync(join(folder, 'large.png'), picture);
    const refused = await run(['compress', 'large.png', '--max-megapixels', '1']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /1\.2 megapixels \(1200 x 1000\), the limit is 1.*--max-megapixels 2\n$/);
    const taken = await run(['compress', 'large.png', '--max-megapixels', '2', '-o', 'large.isth']);
    assert.equal(taken.code, 0, taken.stderr);
    const series = await run(['detect', 'large.png']);
    assert.match(series.stderr, /^error: large\.png: the file is a picture, which has no rows/);
  });

  it('of inspect --code names the files for which it prints programs', async () => {
    writeFileSync(join(folder, 'digits.idx'), barPictures(8));
    const { code, stdout, stderr } = await run(['inspect', 'digits.idx', '--code']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^error: digits\.idx: --code of this command is for \.safetensors and \.onnx files/);
  });
});

it('a header that repeats a name is a header', async () => {
  writeFileSync(join(folder, 'repeated.csv'), 'a,a,a\n1,2,3\n4,5,6\n7,8,9\n');
  const { code, stderr } = await run(['train', 'repeated.csv', '--epochs', '1', '-o', 'repeated.safetensors']);
  assert.equal(code, 0, stderr);
  assert.match(readFileSync(join(folder, 'repeated.safetensors'), 'latin1'), /a \(2\)/);
});
