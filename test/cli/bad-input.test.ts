// Wrong and hostile input: one line that a person understands, an exit code that is not 0, and no file that is half written.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isthmus, type Outcome, program, temporaryFolder } from './command.ts';
import { barPictures, tableText } from './data.ts';
import { array, files } from './hostile-files.ts';

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);
const run = (args: string[], options = {}) => isthmus(args, { folder, ...options });

/** Fails unless the command has ended as a command with wrong input ends. */
function assertRefused({ code, stdout, stderr }: Outcome, message: RegExp, exitCode = 1): void {
  assert.equal(code, exitCode, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^error: [^\n]*\n$/);
  assert.match(stderr, message);
}

before(() => {
  for (const [name, { content }] of Object.entries(files)) writeFileSync(path(name), content);
  writeFileSync(path('good.npy'), array);
  writeFileSync(path('good.csv'), tableText(100));
  writeFileSync(path('good.idx'), barPictures(200));
});

describe('a file that cannot be read', () => {
  for (const [name, { message }] of Object.entries(files))
    it(`${name} is refused with the name of the file`, async () => {
      const outcome = await run(['train', name, '-o', 'out.safetensors']);
      assertRefused(outcome, message);
      assert.ok(outcome.stderr.startsWith(`error: ${name}`), outcome.stderr);
      assert.ok(!existsSync(path('out.safetensors')));
    });

  it('is described by inspect, or refused in one line', async () => {
    for (const name of Object.keys(files)) {
      const { code, stderr } = await run(['inspect', name]);
      if (code === 0) assert.equal(stderr, '', name);
      else assert.match(stderr, /^error: [^\n]*\n$/, name);
    }
  });

  it('does not end the work on the other files', async () => {
    const { code, stdout, stderr } = await run(['inspect', 'good.npy', 'missing.npy', 'good.csv', '--json']);
    assert.equal(code, 1);
    assert.match(stderr, /^error: cannot read missing\.npy: no such file \(ENOENT\)\n$/);
    const { files: described, errors } = JSON.parse(stdout);
    assert.deepEqual([described.length, errors.length], [2, 1]);
  });
});

describe('wrong arguments', () => {
  const cases: Readonly<Record<string, { readonly args: string[]; readonly message: RegExp; readonly code?: number }>> =
    {
      'no data': { args: ['train'], message: /missing required argument 'data'/, code: 2 },
      'an unknown kind': {
        args: ['train', 'good.npy', '--kind', 'cnv'],
        message: /"--kind" expected .*, got "cnv"/,
        code: 2,
      },
      'a number out of range': {
        args: ['train', 'good.npy', '--epochs', '0'],
        message: /"--epochs" expected integer 1\.\./,
        code: 2,
      },
      'text for a number': {
        args: ['train', 'good.npy', '--noise', 'much'],
        message: /"--noise" expected number above 0/,
        code: 2,
      },
      'an ending that is no model': {
        args: ['train', 'good.npy', '-o', 'x.txt'],
        message: /expected a name that ends with/,
        code: 2,
      },
      'a model as data': { args: ['encode', 'good.npy', 'good.npy'], message: /the file is npy, not a model/ },
      'a folder': { args: ['train', '.'], message: /a folder, not a file/ },
      'an unknown column': {
        args: ['train', 'good.csv', '--columns', 'sped'],
        message: /no column "sped"; its columns: time, speed/,
      },
      'a window that is too long': {
        args: ['train', 'good.csv', '--window', '200'],
        message: /fewer than a window of 200/,
      },
      'pictures for a network of series': { args: ['train', 'good.idx', '--kind', 'signal'], message: /use conv/ },
      'data of two kinds': { args: ['train', 'good.npy', 'good.csv'], message: /the files differ/ },
      'JSON and data on one output': {
        args: ['encode', 'x', 'good.npy', '-o', '-', '--json'],
        message: /both need standard output/,
        code: 2,
      },
    };
  for (const [name, { args, message, code }] of Object.entries(cases))
    it(`are explained: ${name}`, async () => {
      const { code: got, stderr } = await run(args);
      assert.equal(got, code ?? 1, stderr);
      assert.match(stderr, /^error: [^\n]*\n$/);
      assert.match(stderr, message);
    });
});

describe('outputs', () => {
  const train = ['train', 'good.npy', '--epochs', '1', '-q'];

  it('that exist are not replaced without -f', async () => {
    writeFileSync(path('kept.safetensors'), 'precious');
    assertRefused(
      await run([...train, '-o', 'kept.safetensors']),
      /kept\.safetensors already exists: use -f to replace it/,
    );
    assert.equal(readFileSync(path('kept.safetensors'), 'utf8'), 'precious');
    assert.equal((await run([...train, '-o', 'kept.safetensors', '-f'])).code, 0);
    assert.ok(readFileSync(path('kept.safetensors')).length > 1000);
  });

  it('that are inputs are refused, also with -f', async () => {
    assertRefused(await run(['train', 'good.npy', '-o', './good.npy', '-f']), /is also an input/);
    assert.ok(readFileSync(path('good.npy')).equals(array));
  });

  it('in a folder that cannot be written are refused before the training', async () => {
    writeFileSync(path('file'), '');
    assertRefused(await run([...train, '-o', 'file/model.safetensors']), /cannot make the folder/);
  });

  const isRoot = process.getuid?.() === 0;
  it('on a full disk leave neither the file nor a part of it', {
    skip: process.platform !== 'linux' && 'needs Linux',
  }, async (t) => {
    assertRefused(
      await run([...train, '-o', '/dev/full', '-f']),
      /cannot write \/dev\/full: the disk is full \(ENOSPC\)/,
    );
    const disk = path('disk');
    mkdirSync(disk);
    const mounted = isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0;
    if (!mounted) return t.diagnostic('no small disk: needs root');
    after(() => spawnSync('umount', [disk]));
    assertRefused(
      await run(['train', 'good.idx', '--epochs', '1', '-q', '-o', 'disk/model.safetensors']),
      /the disk is full/,
    );
    assert.deepEqual(readdirSync(disk), []);
    spawnSync('umount', [disk]);
  });

  it('on a closed pipe end the command without a stack', {
    skip: process.platform === 'win32' && 'needs a shell',
  }, () => {
    const shell = (command: string) => spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
    const node = `'${process.execPath}' '${program}'`;
    const listing = shell(
      `${node} inspect good.npy good.csv good.idx good.npy good.csv | head -1; echo "\${PIPESTATUS[0]}"`,
    );
    const [, status] = listing.stdout.trim().split('\n');
    assert.equal(listing.stderr, '');
    assert.ok(status === '141' || status === '0', listing.stdout);
    assert.equal(spawnSync(process.execPath, [program, ...train, '-o', 'pipe.safetensors'], { cwd: folder }).status, 0);
    const data = shell(
      `${node} sample pipe.safetensors --like good.npy -n 60000 -q -o - | true; echo "\${PIPESTATUS[0]}"`,
    );
    assert.deepEqual([data.stderr, data.stdout], ['', '141\n']);
  });
});

describe('a table with gaps', () => {
  it('is trained on its complete rows, and the others are encoded with means', async () => {
    const rows = tableText(100).split('\n');
    writeFileSync(path('gaps.csv'), rows.map((row, i) => (i % 4 === 2 ? row.replace(/,[^,]*$/, ',') : row)).join('\n'));
    const trained = await run(['train', 'gaps.csv', '--epochs', '2', '-o', 'gaps.safetensors', '--json']);
    assert.equal(trained.code, 0, trained.stderr);
    const { samples, warnings } = JSON.parse(trained.stdout);
    assert.equal(samples, 75);
    assert.match(warnings.join(), /25 of 100 rows have missing cells: left out/);
    const encoded = await run(['encode', 'gaps.safetensors', 'gaps.csv', '-o', 'gaps.codes.npy', '--json']);
    assert.equal(JSON.parse(encoded.stdout).samples, 100);
  });

  it('with quotes, a byte-order mark, semicolons and decimal commas gives the same model as without', async () => {
    const plain = tableText(60);
    const hostile = `\ufeff${plain
      .replaceAll(',', ';')
      .replaceAll(/(\d)\.(\d)/g, '$1,$2')
      .replaceAll(/;([\d,]+)/g, ';"$1"')
      .replaceAll('\n', '\r\n')}`;
    writeFileSync(path('plain.csv'), plain);
    writeFileSync(path('hostile.csv'), hostile);
    for (const name of ['plain', 'hostile']) {
      const { code, stderr } = await run([
        'train',
        `${name}.csv`,
        '--epochs',
        '1',
        '--deterministic',
        '-o',
        `${name}.safetensors`,
      ]);
      assert.equal(code, 0, stderr);
    }
    assert.ok(readFileSync(path('plain.safetensors')).equals(readFileSync(path('hostile.safetensors'))));
  });
});

describe('Ctrl-C', { skip: process.platform === 'win32' && 'Windows has no SIGINT for processes' }, () => {
  it('before the first step leaves no file', async () => {
    const earlier = readdirSync(folder);
    const { code } = await run(['train', 'good.idx', '-o', 'never.safetensors'], {
      onStart: (child: import('node:child_process').ChildProcess) => setTimeout(() => child.kill('SIGINT'), 60),
    });
    assert.ok(code === 130 || code === null);
    assert.deepEqual(readdirSync(folder), earlier);
  });

  it('in a training without --checkpoint saves one beside the model', async () => {
    const { code, stderr } = await run(
      ['train', 'good.idx', '--kind', 'conv', '--epochs', '100000', '-o', 'long.safetensors'],
      {
        onStart: (child: import('node:child_process').ChildProcess) => setTimeout(() => child.kill('SIGINT'), 2500),
      },
    );
    assert.equal(code, 130, stderr);
    assert.match(stderr, /saved long\.checkpoint\.safetensors/);
    assert.ok(existsSync(path('long.checkpoint.safetensors')) && !existsSync(path('long.safetensors')));
    const described = JSON.parse((await run(['inspect', 'long.checkpoint.safetensors', '--json'])).stdout);
    assert.match(described.files[0].kind, /checkpoint/);
    rmSync(path('long.checkpoint.safetensors'));
  });
});
