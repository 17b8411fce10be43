// The programs that `--code` prints do what the command does: they run, and give the same bits.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import { zipSync } from 'fflate';
import { loadModel, writeSafetensors } from 'isthmus';
import jpeg from 'jpeg-js';
import wavefile from 'wavefile';
import { isthmus, temporaryFolder } from './command.ts';
import { barPictures, npyBytes, tableText } from './data.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);
const run = (args: string[]) => isthmus(args, { folder });

/** A packages folder with the package itself and the libraries that programs name. */
function linkPackages(): void {
  mkdirSync(path('node_modules'));
  symlinkSync(root, path('node_modules/isthmus'), 'junction');
  for (const name of ['papaparse', 'fast-png', 'fflate', 'jpeg-js', 'wavefile', 'hyparquet', 'hyparquet-compressors'])
    symlinkSync(join(root, 'node_modules', name), path(`node_modules/${name}`), 'junction');
}

/** Runs a program in the folder. */
function runProgram(code: string): void {
  writeFileSync(path('program.mjs'), code);
  const { status, stderr } = spawnSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, `${stderr}\n${code}`);
}

const picture = (width: number, height: number, shift: number): Uint8Array =>
  Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37 + shift * 11 + (i >> 5) * 3) & 255);

const values = Float64Array.from({ length: 240 }, (_, i) => Math.sin(i / 7) + (i % 4));

before(() => {
  linkPackages();
  const table = tableText(80);
  const rows = table.trim().split('\n').slice(1);
  writeFileSync(path('plain.csv'), table);
  writeFileSync(path('comma.csv'), `\ufeff${table.replaceAll(',', ';').replaceAll('.', ',')}`);
  writeFileSync(path('quotes.csv'), table.replaceAll(/(\d+\.\d+)/g, '"$1"'));
  writeFileSync(
    path('gaps.csv'),
    table
      .replace(/,[\d.]+\n/, ',\n')
      .replace(/,[\d.]+\n/, ',NA\n')
      .replace('12.0', '-200'),
  );
  writeFileSync(path('blanks.txt'), rows.map((row) => row.split(',').slice(1).join(' ')).join('\n'));
  writeFileSync(path('doubles.npy'), npyBytes('<f8', [60, 4], values));
  writeFileSync(
    path('integers.npy'),
    npyBytes(
      '<i8',
      [60, 4],
      BigInt64Array.from(values, (value) => BigInt(Math.round(value * 9))),
    ),
  );
  writeFileSync(
    path('arrays.npz'),
    zipSync({ 'x.npy': npyBytes('<f8', [60, 4], values), 'y.npy': npyBytes('<f8', [60], values.slice(0, 60)) }),
  );
  writeFileSync(path('bars.gz'), gzipSync(barPictures(40)));
  writeFileSync(
    path('nested.json'),
    JSON.stringify(Array.from({ length: 60 }, (_, i) => [...values.slice(i * 4, i * 4 + 4)])),
  );
  const objects = Array.from({ length: 60 }, (_, i) => ({
    a: values[i],
    b: values[i + 60],
    c: i === 3 ? null : i,
    d: 'text',
  }));
  writeFileSync(path('rows.json'), JSON.stringify(objects));
  writeFileSync(path('rows.jsonl'), objects.map((row) => JSON.stringify(row)).join('\n'));
  writeFileSync(
    path('tensor.safetensors'),
    writeSafetensors({ x: { shape: [60, 4], data: Float32Array.from(values) } }),
  );
  copyFileSync(join(root, 'test/vectors/parquet/readings.parquet'), path('readings.parquet'));
  for (const i of [0, 1, 2, 3]) {
    writeFileSync(path(`small-${i}.png`), encodePng({ width: 12, height: 12, channels: 3, data: picture(12, 12, i) }));
    writeFileSync(
      path(`large-${i}.png`),
      encodePng({ width: 31 + i, height: 22, channels: 3, data: picture(31 + i, 22, i) }),
    );
    const pixels = new Uint8Array(16 * 16 * 4).map((_, k) => (k * 7 + i * 30) & 255);
    writeFileSync(path(`photo-${i}.jpg`), jpeg.encode({ width: 16, height: 16, data: pixels }, 90).data);
  }
  const sound = new wavefile.WaveFile();
  sound.fromScratch(
    1,
    8000,
    '16',
    Int16Array.from({ length: 2000 }, (_, i) => 9000 * Math.sin(i / 6)),
  );
  writeFileSync(path('sound.wav'), sound.toBuffer());
});

const cases: Readonly<Record<string, string[]>> = {
  'a CSV': ['plain.csv'],
  'a CSV with semicolons, decimal commas and a byte-order mark': ['comma.csv'],
  'a CSV with quotes': ['quotes.csv'],
  'a CSV with gaps and a number for missing values': ['gaps.csv', '--missing', '-200'],
  'numbers between blanks': ['blanks.txt'],
  'two columns of a CSV': ['plain.csv', '--columns', 'flow,speed'],
  'windows of a CSV': ['plain.csv', '--window', '16', '--stride', '3'],
  'float64 of NumPy': ['doubles.npy'],
  'int64 of NumPy': ['integers.npy'],
  'an archive of NumPy': ['arrays.npz'],
  'a named array of an archive': ['arrays.npz:x'],
  'an IDX file': ['bars.gz', '--kind', 'conv'],
  'a variational model of an IDX file, with noise': ['bars.gz', '--kind', 'variational', '--noise', '0.2'],
  'nested lists of JSON': ['nested.json'],
  'objects of JSON': ['rows.json'],
  'JSON lines': ['rows.jsonl'],
  'a tensor': ['tensor.safetensors'],
  Parquet: ['readings.parquet'],
  'several PNG pictures': ['small-0.png', 'small-1.png', 'small-2.png', 'small-3.png'],
  'PNG pictures that are resized': ['large-0.png', 'large-1.png', 'large-2.png', 'large-3.png', '--size', '9,8'],
  'JPEG photographs': ['photo-0.jpg', 'photo-1.jpg', 'photo-2.jpg', 'photo-3.jpg'],
  'windows of a WAV': ['sound.wav', '--window', '64'],
  'standardized data with noise': ['plain.csv', '--noise', '0.1', '--kind', 'sparse', '--loss', 'huber'],
};

describe('the program that train --code prints', () => {
  for (const [name, args] of Object.entries(cases))
    it(`trains the same model on ${name}`, async () => {
      const options = [...args, '--epochs', '2', '--deterministic', '--seed', '3'];
      const trained = await run(['train', ...options, '-q', '-f', '-o', 'command.safetensors']);
      assert.equal(trained.code, 0, trained.stderr);
      const { code, stdout, stderr } = await run(['train', ...options, '--code', '-q', '-o', 'program.safetensors']);
      assert.equal(code, 0, stderr);
      runProgram(stdout);
      const weights = async (file: string) => (await loadModel(readFileSync(path(file)))).weights;
      assert.deepEqual(await weights('program.safetensors'), await weights('command.safetensors'));
    });

  it('gives the reason where the program would be long', async () => {
    const { code, stderr } = await run(['train', '-', '--code', '--format', 'csv']);
    assert.deepEqual([code, /^error: .*standard input/.test(stderr)], [1, true], stderr);
  });
});

describe('the programs of encode, decode and sample', () => {
  const numbers = (file: string): number[][] =>
    readFileSync(path(file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(',').map(Number));

  it('write the same values as the commands', async () => {
    assert.equal((await run(['train', 'plain.csv', '--epochs', '2', '-o', 'm.safetensors'])).code, 0);
    const commands = [
      ['encode', 'm.safetensors', 'plain.csv', '-o', 'codes.npy'],
      ['encode', 'm.safetensors', 'plain.csv', '-o', 'codes.csv'],
      ['decode', 'm.safetensors', 'codes.npy', '-o', 'decoded.csv'],
      ['sample', 'm.safetensors', '--like', 'plain.csv', '-n', '5', '-o', 'new.csv'],
    ];
    for (const args of commands) assert.equal((await run(args)).code, 0, args.join(' '));
    for (const command of commands.slice(1)) {
      const output = command.at(-1)!;
      const { stdout } = await run([...command.slice(0, -1), `program-${output}`, '--code', '-q']);
      runProgram(stdout);
      const expected = numbers(output)
        .slice(1)
        .map((row) => row.map(Math.fround));
      assert.deepEqual(
        numbers(`program-${output}`).map((row) => row.map(Math.fround)),
        expected,
        output,
      );
    }
  });

  it('inspect prints a program that lists the tensors', async () => {
    const { stdout } = await run(['inspect', 'm.safetensors', '--code']);
    runProgram(stdout);
  });
});
