// Runs `npm start` as a user does.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadModel } from 'isthmus';
import { assertAbsent, assertNoRawValues, assertNoStack } from '../absent.ts';
import { digitFiles, folder, put, tidy } from './folder.ts';

after(tidy);
const main = fileURLToPath(new URL('../../examples/digits/main.ts', import.meta.url));
const data = put(digitFiles(3000, 100));
const root = folder();
const both = ['model.safetensors', 'report.html'];

const args = (out: string, ...more: string[]): string[] => [main, '--data', data, '--out', join(root, out), ...more];
const run = (out: string, ...more: string[]) => spawnSync(process.execPath, args(out, ...more), { encoding: 'utf8' });
const files = (out: string): string[] => readdirSync(join(root, out)).sort();

interface Answer {
  source: string;
  drawn: boolean;
  epochs: number;
  latent: number;
  batchSize: number;
  seed: number;
  history: { loss: number[]; valLoss: number[]; step: number };
  denoising: { loss: number[]; valLoss: number[] };
  files: { model: string; report: string };
}
const answer = ({ status, stdout, stderr }: ReturnType<typeof run>): Answer => {
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Answer;
};
const numbers = ({ history, denoising }: Answer) => [history.loss, history.valLoss, denoising.loss, denoising.valLoss];

/**
 * Starts a run and interrupts it when it has printed `at`, with two signals at once, like a terminal and npm. Gives its
 * exit code and its output.
 */
async function interrupt(out: string, at: string, more: readonly string[]): Promise<[unknown, string]> {
  const child = spawn(process.execPath, args(out, ...more), { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  let sent = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (sent || !output.includes(at)) return;
    sent = true;
    for (let i = 0; i < 2; i++) child.kill('SIGINT');
  });
  return [await new Promise((resolve) => child.on('close', resolve)), output];
}

describe('the walk-through', () => {
  it('trains, prints the table, saves a model that loads, and writes a report', async () => {
    const { status, stdout, stderr } = run('whole', '--epochs', '2');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Data: handwritten digits from .*; 3000 to train on, 100 to test\.$/m);
    assert.match(stdout, /^ +2 +0\.\d{4} +0\.\d{4} +\d+\.\d\d s +0\.0069 +0\.0054 +16 s$/m);
    assert.match(stdout, /^2 epochs in .* s on one thread; the published run took 28 s/m);
    assert.match(stdout, /loaded it again: the same reconstructions/);
    assert.match(stderr, /^autoencoder 2\/2 {2}loss 0\.\d{4} {2}val_loss 0\.\d{4} .*\ndenoiser 1\/2/m);
    assert.deepEqual(files('whole'), both);
    const model = await loadModel(readFileSync(join(root, 'whole', 'model.safetensors')));
    assert.deepEqual([model.inputShape, model.latentShape], [[784], [64]]);
    const html = readFileSync(join(root, 'whole', 'report.html'), 'utf8');
    assertNoRawValues(html);
    assertAbsent(html, [/<script/, /<link/], '<script src="a.js"></script><link href="a.css">');
  });

  it('answers in JSON, the same for the same seed', () => {
    const options = ['--epochs', '1', '--latent', '9', '--batch-size', '50', '--seed', '3', '--json'];
    const [a, b] = [answer(run('a', ...options)), answer(run('b', ...options))];
    assert.deepEqual([a.epochs, a.latent, a.batchSize, a.seed, a.history.step, a.drawn], [1, 9, 50, 3, 60, false]);
    assert.deepEqual(numbers(a), numbers(b));
    assert.ok(existsSync(a.files.report) && existsSync(a.files.model));
    const other = answer(run('a', ...options.with(7, '4')));
    assert.notDeepEqual(numbers(other), numbers(a));
  });
});

describe('Ctrl-C', () => {
  const options = ['--epochs', '12', '--json'];
  const whole = answer(run('straight', ...options));

  for (const stage of ['autoencoder', 'denoiser']) {
    it(`in the training of the ${stage} writes checkpoints, and --resume ends with the same numbers`, async () => {
      const [code, output] = await interrupt('broken', `${stage} 2/12`, options);
      assert.equal(code, 130, output);
      assertAbsent(output, [new RegExp(`${stage} 12/12`)], `${stage} 12/12`);
      assert.match(
        output,
        /Stopped in epoch \d+ after \d+ batches\. Nothing is lost; go on with: npm start -- --resume/,
      );
      const expected = ['checkpoint.safetensors', 'denoiser-checkpoint.safetensors'].slice(
        0,
        stage === 'denoiser' ? 2 : 1,
      );
      assert.deepEqual(
        files('broken').filter((file) => !both.includes(file)),
        expected,
      );
      const wrong = run('broken', ...options, '--resume', '--latent', '8');
      assert.equal(wrong.status, 1);
      assert.match(wrong.stderr, /^error: .* was made with --latent 64, not 8$/m);
      const seed = run('broken', ...options, '--resume', '--seed', '8');
      assert.equal(seed.status, 1);
      assert.match(seed.stderr, /^error: "seed" expected 42, as before the break, got 8$/m);
      const resumed = answer(run('broken', ...options, '--resume'));
      assert.deepEqual(numbers(resumed), numbers(whole));
      assert.deepEqual(files('broken'), both);
    });
  }

  it('removes the checkpoint of an earlier run', async () => {
    const [first] = await interrupt('mixed', 'denoiser 1/12', options);
    const [second] = await interrupt('mixed', 'autoencoder 1/12', [...options, '--seed', '5']);
    assert.deepEqual([first, second], [130, 130]);
    assert.deepEqual(
      files('mixed').filter((file) => !both.includes(file)),
      ['checkpoint.safetensors'],
    );
    const resumed = answer(run('mixed', ...options, '--seed', '5', '--resume'));
    assert.deepEqual(numbers(resumed), numbers(answer(run('other', ...options, '--seed', '5'))));
  });
});

describe('an error', () => {
  const wrong = (message: RegExp, code: number, ...more: string[]): void => {
    const { status, stderr, stdout } = run('wrong', ...more);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assertNoStack(stderr + stdout);
    assert.equal(status, code);
  };

  it('is one line for a wrong option', () => {
    for (const [option, value] of [
      ['epochs', '0'],
      ['latent', 'abc'],
      ['batch-size', '-1'],
      ['seed', '1.5'],
      ['epochs', ''],
    ] as const) {
      wrong(
        new RegExp(`error: "--${option}" expected integer \\d+\\.\\.\\d+, got "${value}"`),
        1,
        `--${option}=${value}`,
      );
    }
    wrong(/error: Unexpected argument 'extra'/, 1, 'extra');
    wrong(/error: Unknown option '--latents'/, 1, '--latents', '3');
    wrong(/error: Option '--latent' argument is ambiguous/, 1, '--latent', '-1');
    wrong(/error: "--out" expected the name of a folder, got ""/, 1, '--out=');
    wrong(/error: nothing to resume/, 1, '--resume');
  });

  it('is one line for missing or damaged data, and for a damaged checkpoint', () => {
    wrong(/error: .* has no digits: expected train-images-idx3-ubyte\[\.gz\]/, 1, '--data', root);
    const damaged = put(digitFiles(20, 10).set('t10k-images-idx3-ubyte', new Uint8Array(9)));
    wrong(/error: .*t10k-images-idx3-ubyte: expected an IDX file of unsigned bytes/, 1, '--data', damaged);
    mkdirSync(join(root, 'bad'));
    writeFileSync(join(root, 'bad', 'checkpoint.safetensors'), 'mine');
    const { status, stderr } = run('bad', '--resume');
    assert.equal(status, 1);
    assert.match(stderr, /^error: .+\n$/);
    assert.equal(readFileSync(join(root, 'bad', 'checkpoint.safetensors'), 'utf8'), 'mine');
  });

  it('comes before the training where the output folder is a file', () => {
    writeFileSync(join(root, 'file'), 'mine');
    wrong(/error: cannot make the folder .*: something else is there \(EEXIST\)/, 1, '--out', join(root, 'file'));
    wrong(/error: cannot make the folder .*\(ENOTDIR\)/, 1, '--out', join(root, 'file', 'below'));
    assert.equal(readFileSync(join(root, 'file'), 'utf8'), 'mine');
  });

  it('comes before the training where the output folder cannot be made', () => {
    wrong(/error: cannot make the folder .*\((ENOENT|EACCES|EPERM|EROFS)\)/, 1, '--out', '/proc/isthmus/out');
  });

  // A limit on the size of files takes the place of a full disk. It works for every user.
  const limited = (blocks: number, out: string, ...more: string[]) =>
    spawnSync(
      'bash',
      ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, 'bash', process.execPath, ...args(out, ...more)],
      { encoding: 'utf8' },
    );

  it('leaves the old files complete when the disk is full', () => {
    mkdirSync(join(root, 'full'));
    writeFileSync(join(root, 'full', 'model.safetensors'), 'mine');
    writeFileSync(join(root, 'full', 'report.html'), 'mine');
    const { status, stderr } = limited(100, 'full', '--epochs', '1');
    assert.match(stderr, /^error: cannot write .*model\.safetensors: .*\((EFBIG|ENOSPC)\)$/m);
    assertNoStack(stderr);
    assert.equal(status, 1);
    assert.deepEqual(files('full'), both);
    for (const file of both) assert.equal(readFileSync(join(root, 'full', file), 'utf8'), 'mine');
  });

  it('leaves the checkpoints when the disk is full during the report of a resumed run', async () => {
    const options = ['--epochs', '4', '--latent', '1'];
    const [code, output] = await interrupt('late', 'denoiser 1/4', options);
    assert.equal(code, 130, output);
    const before = files('late');
    const { status, stderr } = limited(50, 'late', ...options, '--resume');
    assert.match(stderr, /^error: cannot write .*report\.html: .*\((EFBIG|ENOSPC)\)$/m);
    assert.equal(status, 1);
    assert.deepEqual(files('late'), before);
    assert.equal(run('late', ...options, '--resume').status, 0);
    assert.deepEqual(files('late'), both);
  });
});

describe('--help', () => {
  it('names every option', () => {
    const { status, stdout } = spawnSync(process.execPath, [main, '--help'], { encoding: 'utf8' });
    assert.equal(status, 0);
    for (const option of ['data', 'epochs', 'batch-size', 'latent', 'seed', 'out', 'resume', 'json', 'help'])
      assert.match(stdout, new RegExp(`--${option}\\b`));
  });
});
