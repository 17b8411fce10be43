// The walk-through as a user runs it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadModel } from 'isthmus';
import { writeIdx } from '../../examples/walkthrough/idx.ts';
import { drawDigits } from '../../examples/walkthrough/strokes.ts';
import { comparison, table } from '../../examples/walkthrough/table.ts';

const main = fileURLToPath(new URL('../../examples/walkthrough/main.ts', import.meta.url));
let root = '';
before(() => {
  root = mkdtempSync(join(tmpdir(), 'isthmus-'));
  mkdirSync(join(root, 'digits'));
  const { train, trainLabels, test, testLabels } = drawDigits(3000, 100, 1);
  const put = (name: string, data: Uint8Array, shape: number[]): void =>
    writeFileSync(join(root, 'digits', name), writeIdx({ shape, data }));
  put('train-images-idx3-ubyte', train, [3000, 28, 28]);
  put('train-labels-idx1-ubyte', trainLabels, [3000]);
  put('t10k-images-idx3-ubyte', test, [100, 28, 28]);
  put('t10k-labels-idx1-ubyte', testLabels, [100]);
});
after(() => rmSync(root, { recursive: true }));

const args = (out: string, ...more: string[]): string[] => [
  main,
  '--data',
  join(root, 'digits'),
  '--out',
  join(root, out),
  ...more,
];
const run = (out: string, ...more: string[]) => spawnSync(process.execPath, args(out, ...more), { encoding: 'utf8' });

describe('the walk-through', () => {
  it('trains, prints the table, saves a model that loads, and writes a report that needs nothing else', async () => {
    const { status, stdout, stderr } = run('whole', '--epochs', '2');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /3000 to train on, 100 to test/);
    assert.match(stdout, /epoch +loss +val_loss +time +Keras loss/);
    assert.match(stdout, /\n +2 +0\.\d{4} +0\.\d{4} +\d+\.\d\d s +0\.0069 +0\.0054 +16 s\n/);
    assert.match(stderr, /autoencoder 2\/2 {2}loss 0\.\d{4}\ndenoiser 1\/2/);
    assert.deepEqual(readdirSync(join(root, 'whole')).sort(), ['model.safetensors', 'report.html']);
    const model = await loadModel(readFileSync(join(root, 'whole', 'model.safetensors')));
    assert.deepEqual(model.latentShape, [64]);
    const html = readFileSync(join(root, 'whole', 'report.html'), 'utf8');
    assert.equal(html.match(/<img [^>]*src="data:image\/png;base64,[^"]{500,}" alt="[^"]{10,}"/g)?.length, 2);
    assert.equal(html.match(/<svg role="img" aria-label="[^"]+"/g)?.length, 2);
    assert.doesNotMatch(html, /<script|<link|url\(|src="(?!data:)|href="(?!#)|undefined|NaN/);
    const addresses = html.match(/https?:\/\/[^"' <)]+/g) ?? [];
    assert.deepEqual(
      addresses.filter((address) => !address.startsWith('http://www.w3.org/')),
      [],
    );
  });

  it('answers in JSON, the same for the same seed', () => {
    const results = ['a', 'b'].map((out) => {
      const { status, stdout, stderr } = run(
        out,
        '--epochs',
        '1',
        '--latent',
        '9',
        '--batch-size',
        '50',
        '--seed',
        '3',
        '--json',
      );
      assert.equal(status, 0, stderr);
      return JSON.parse(stdout);
    });
    const [a, b] = results;
    assert.deepEqual([a.epochs, a.latent, a.batchSize, a.seed, a.history.step], [1, 9, 50, 3, 60]);
    assert.deepEqual(
      [a.history.loss, a.history.valLoss, a.denoising.loss],
      [b.history.loss, b.history.valLoss, b.denoising.loss],
    );
    assert.ok(existsSync(a.files.report) && existsSync(a.files.model));
  });

  it('stops at Ctrl-C in either stage, keeps everything, and goes on with the same numbers', async () => {
    const options = ['--epochs', '12', '--json'];
    const whole = JSON.parse(run('straight', ...options).stdout);
    for (const stage of ['autoencoder', 'denoiser']) {
      const child = spawn(process.execPath, args('broken', ...options), { stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        // Twice at once, as a terminal and npm do.
        if (said.includes(`${stage} 2/12`) && !child.killed) {
          child.kill('SIGINT');
          child.kill('SIGINT');
        }
      });
      const code = await new Promise((resolve) => child.on('close', resolve));
      assert.equal(code, 130, said);
      assert.match(said, /Stopped in epoch \d+ after \d+ batches\. Nothing is lost; go on with: npm start -- --resume/);
      const files = readdirSync(join(root, 'broken'));
      assert.ok(
        files.includes('checkpoint.safetensors') && !files.some((file) => file.endsWith('.tmp')),
        String(files),
      );
      const { status, stdout, stderr } = run('broken', ...options, '--resume');
      assert.equal(status, 0, stderr);
      const resumed = JSON.parse(stdout);
      assert.deepEqual([resumed.history.loss, resumed.history.valLoss], [whole.history.loss, whole.history.valLoss]);
      assert.deepEqual(
        [resumed.denoising.loss, resumed.denoising.valLoss],
        [whole.denoising.loss, whole.denoising.valLoss],
      );
      assert.deepEqual(readdirSync(join(root, 'broken')).sort(), ['model.safetensors', 'report.html']);
    }
  });

  it('says what is wrong in one line, and keeps what was there', () => {
    const wrong = (message: RegExp, code: number, ...more: string[]): void => {
      const { status, stderr, stdout } = run('wrong', ...more);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr + stdout, / at .*\.ts:/);
      assert.equal(status, code);
    };
    for (const [option, value] of [
      ['epochs', '0'],
      ['latent', 'abc'],
      ['batch-size', '-1'],
      ['seed', '1.5'],
      ['epochs', ''],
    ]) {
      wrong(
        new RegExp(`error: option '--${option} <n>' argument '${value}' is invalid. expected integer`),
        1,
        `--${option}`,
        value!,
      );
    }
    wrong(/error: unknown option '--epoch'/, 1, '--epoch', '3');
    wrong(/error: .* has no digits: expected train-images-idx3-ubyte\[\.gz\]/, 1, '--data', root);
    wrong(/error: nothing to resume/, 1, '--resume');
    writeFileSync(join(root, 'file'), 'mine');
    wrong(/error: cannot make the folder .*: something else is there \(EEXIST\)/, 1, '--out', join(root, 'file'));
    assert.equal(readFileSync(join(root, 'file'), 'utf8'), 'mine');
  });

  it('leaves no half a file behind when the disk is full', () => {
    mkdirSync(join(root, 'full'));
    writeFileSync(join(root, 'full', 'model.safetensors'), 'mine');
    // A limit on the size of files stands for the full disk: the same path, whoever runs the test.
    const command = [
      '-c',
      `trap '' XFSZ; ulimit -f 100; exec "$@"`,
      'bash',
      process.execPath,
      ...args('full', '--epochs', '1'),
    ];
    const { status, stderr } = spawnSync('bash', command, { encoding: 'utf8' });
    assert.match(stderr, /error: cannot write .*model\.safetensors: .*\((EFBIG|ENOSPC)\)/);
    assert.equal(status, 1);
    assert.deepEqual(readdirSync(join(root, 'full')), ['model.safetensors']);
    assert.equal(readFileSync(join(root, 'full', 'model.safetensors'), 'utf8'), 'mine');
  });

  it('explains itself', () => {
    const { status, stdout } = spawnSync('npm', ['start', '--', '--help'], { encoding: 'utf8' });
    assert.equal(status, 0);
    for (const option of ['data', 'epochs', 'batch-size', 'latent', 'seed', 'out', 'resume', 'json', 'help'])
      assert.match(stdout, new RegExp(`--${option}`));
  });

  it('compares epoch by epoch, and beyond the published run with dashes', () => {
    const history = { loss: Array(9).fill(0.01), valLoss: Array(9).fill(0.02), seconds: Array(9).fill(1.234) };
    const lines = table(history).split('\n');
    assert.equal(lines.length, 11);
    assert.match(lines[8]!, / 7 +0\.0100 +0\.0200 +1\.23 s +0\.0041 +0\.0040 +7 s/);
    assert.match(lines[10]!, / 9 .*–.*–.*–/);
    assert.match(comparison(history, true), /losses are of handwritten digits, ours of drawn ones/);
    assert.match(comparison(history), /^7 epochs in 8\.6 s on one thread; the published run took 75 s/);
  });
});
