// `isthmus train`, `encode`, `decode` and `sample` as processes.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { decode as decodePng } from 'fast-png';
import { loadModel } from 'isthmus';
import { isthmus, temporaryFolder } from './command.ts';
import { barPictures, tableText } from './data.ts';

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);
const run = (args: string[], options = {}) => isthmus(args, { folder, ...options });

before(() => {
  writeFileSync(path('table.csv'), tableText(300));
  writeFileSync(path('bars.idx'), barPictures(200));
});

describe('isthmus train', () => {
  it('trains on a table and writes a model that has the statistics and the columns', async () => {
    const { code, stdout, stderr } = await run([
      'train',
      'table.csv',
      '--latent',
      '2',
      '-o',
      'table.safetensors',
      '--json',
    ]);
    assert.equal(code, 0, stderr);
    const result = JSON.parse(stdout);
    assert.equal(result.kind, 'deep');
    assert.deepEqual([result.input, result.latent, result.samples], [[4], [2], 300]);
    assert.ok(result.explainedVariance > 0.9, stdout);
    assert.equal(result.warnings, undefined);
    const model = await loadModel(readFileSync(path('table.safetensors')));
    const [reconstructed] = model.reconstruct(Float32Array.of(50, 14, 16, 29));
    assert.ok(Math.abs(reconstructed! - 50) < 20, `${reconstructed}`);
  });

  it('writes codes, and decodes them to a table with the names of the columns', async () => {
    assert.equal((await run(['encode', 'table.safetensors', 'table.csv', '-o', 'codes.csv'])).code, 0);
    const { code, stdout } = await run(['decode', 'table.safetensors', 'codes.csv', '-o', '-', '-f']);
    assert.equal(code, 0);
    assert.match(stdout, /NUMPY/);
    assert.equal((await run(['decode', 'table.safetensors', 'codes.csv', '-o', 'decoded.csv'])).code, 0);
    const lines = readFileSync(path('decoded.csv'), 'utf8').trim().split('\n');
    assert.deepEqual([lines[0], lines.length], ['speed,flow,pressure,temperature', 301]);
    const speed = Number(lines[1]!.split(',')[0]);
    assert.ok(Math.abs(speed - 50) < 5, `${speed}`);
  });

  it('reads data from a pipe and writes codes to a pipe', async () => {
    const input = readFileSync(path('table.csv'));
    const piped = await run(['encode', 'table.safetensors', '-', '--format', 'csv', '-q'], { input });
    assert.deepEqual([piped.code, piped.stderr], [0, '']);
    assert.equal((await run(['encode', 'table.safetensors', 'table.csv', '-o', 'codes.npy'])).code, 0);
    assert.ok(piped.bytes.equals(readFileSync(path('codes.npy'))));
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const train = (seed: string, output: string) =>
      run(['train', 'table.csv', '--epochs', '1', '--deterministic', '--seed', seed, '-q', '-o', output]);
    for (const [seed, output] of [
      ['5', 'a.safetensors'],
      ['5', 'b.safetensors'],
      ['6', 'c.safetensors'],
    ] as const)
      assert.equal((await train(seed, output)).code, 0);
    assert.ok(readFileSync(path('a.safetensors')).equals(readFileSync(path('b.safetensors'))));
    assert.ok(!readFileSync(path('a.safetensors')).equals(readFileSync(path('c.safetensors'))));
  });

  it('trains each kind of model on pictures and on rows', async () => {
    const kinds = ['dense', 'deep', 'conv', 'denoising', 'sparse', 'variational'];
    for (const kind of kinds) {
      const output = `${kind}.safetensors`;
      const noise = kind === 'conv' ? ['--noise', '0.1'] : [];
      const { code, stderr } = await run([
        'train',
        'bars.idx',
        '--kind',
        kind,
        '--epochs',
        '1',
        ...noise,
        '-o',
        output,
      ]);
      assert.equal(code, 0, `${kind}: ${stderr}`);
    }
    for (const kind of kinds.filter((name) => name !== 'conv')) {
      const args = [
        'train',
        'table.csv',
        '--kind',
        kind,
        '--epochs',
        '1',
        '--noise',
        '0.1',
        '-o',
        `rows-${kind}.safetensors`,
      ];
      const { code, stderr } = await run(args);
      assert.equal(code, 0, `${kind}: ${stderr}`);
    }
  });

  it('trains on windows of a series, and decodes windows to a series', async () => {
    const args = [
      'train',
      'table.csv',
      '--columns',
      'speed,flow',
      '--window',
      '16',
      '--epochs',
      '2',
      '-o',
      'windows.safetensors',
    ];
    assert.equal((await run(args)).code, 0);
    assert.equal((await run(['encode', 'windows.safetensors', 'table.csv', '-o', 'windows.npy'])).code, 0);
    assert.equal((await run(['decode', 'windows.safetensors', 'windows.npy', '-o', 'series.csv'])).code, 0);
    const lines = readFileSync(path('series.csv'), 'utf8').trim().split('\n');
    // 18 windows of 16 points.
    assert.deepEqual([lines[0], lines.length], ['speed,flow', 1 + 18 * 16]);
  });

  it('stops at Ctrl-C, saves the state, and resumes to the model of an uninterrupted training', async (t) => {
    const options = ['--epochs', '60', '--deterministic', '--kind', 'conv', '--patience', '60'];
    let child: import('node:child_process').ChildProcess | undefined;
    const interrupted = run(
      ['train', 'bars.idx', ...options, '--checkpoint', 'state.safetensors', '-o', 'interrupted.safetensors'],
      {
        onStart: (process: import('node:child_process').ChildProcess) => {
          child = process;
        },
      },
    );
    const started = Date.now();
    while (!existsSync(path('state.safetensors')) && Date.now() - started < 30_000)
      await new Promise((done) => setTimeout(done, 20));
    child!.kill('SIGINT');
    const { code, stderr } = await interrupted;
    if (process.platform === 'win32') return t.skip('Windows has no SIGINT for processes');
    assert.equal(code, 130, stderr);
    assert.match(
      stderr,
      /stopped in epoch \d+ of 60; saved state\.safetensors; to continue:\n {2}isthmus train bars\.idx --resume state\.safetensors/,
    );
    assert.ok(!existsSync(path('interrupted.safetensors')));
    const resumed = await run(['train', 'bars.idx', '--resume', 'state.safetensors', '-o', 'resumed.safetensors']);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal((await run(['train', 'bars.idx', ...options, '-o', 'uninterrupted.safetensors'])).code, 0);
    const weights = async (name: string) => JSON.stringify((await loadModel(readFileSync(path(name)))).weights);
    assert.equal(await weights('resumed.safetensors'), await weights('uninterrupted.safetensors'));
  });

  it('leaves no temporary file', () => {
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });
});

describe('isthmus sample', () => {
  it('draws a sheet of pictures, the same for the same seed', async () => {
    const args = ['sample', 'variational.safetensors', '-n', '9', '--seed', '7'];
    assert.equal((await run([...args, '-o', 'sheet.png'])).code, 0);
    const { width, height, channels } = decodePng(readFileSync(path('sheet.png')));
    assert.deepEqual([width, height, channels], [28, 28, 1]);
    assert.equal((await run([...args, '-o', 'again.png'])).code, 0);
    assert.ok(readFileSync(path('sheet.png')).equals(readFileSync(path('again.png'))));
  });

  it('fits a distribution to the codes of data for a model that is not variational, and asks for data without --like', async () => {
    const without = await run(['sample', 'table.safetensors']);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /^error: table\.safetensors: the model is not variational, .* use --like DATA/);
    const { code, stdout } = await run([
      'sample',
      'table.safetensors',
      '--like',
      'table.csv',
      '-n',
      '5',
      '-o',
      'new.csv',
      '--json',
    ]);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).samples, 5);
    assert.equal(readFileSync(path('new.csv'), 'utf8').trim().split('\n').length, 6);
  });
});
