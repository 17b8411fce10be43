// Wrong and hostile input: one line that a person understands, an exit code that is not 0, and no file that is half written.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import wavefile from 'wavefile';
import { isthmus, type Outcome, program, temporaryFolder } from './command.ts';
import { barPictures, npyBytes, tableText } from './data.ts';

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);
const run = (args: string[], options = {}) => isthmus(args, { folder, ...options });

/** A PNG whose header states another size than its pixels have. CRCs are those of the changed bytes. */
function pngStating(width: number, height: number, rows: Uint8Array): Uint8Array {
  const picture = Buffer.from(encodePng({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) }));
  const data = deflateSync(rows);
  const chunk = (type: string, body: Uint8Array): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, Buffer.from(type), body, Buffer.alloc(4)]);
  };
  const header = Buffer.from(picture.subarray(16, 29));
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    picture.subarray(0, 8),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', new Uint8Array()),
  ]);
}

const photo = (): Buffer =>
  Buffer.from(
    jpeg.encode({ width: 64, height: 48, data: new Uint8Array(64 * 48 * 4).map((_, i) => (i * 7) & 255) }, 90).data,
  );

/** A photograph whose header states another size. */
function photoStating(width: number, height: number): Buffer {
  const bytes = photo();
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

function sound(): Buffer {
  const file = new wavefile.WaveFile();
  file.fromScratch(1, 8000, '16', new Int16Array(1000));
  return Buffer.from(file.toBuffer());
}

const array = npyBytes(
  '<f8',
  [50, 4],
  Float64Array.from({ length: 200 }, (_, i) => Math.sin(i)),
);
const picture = Buffer.from(encodePng({ width: 32, height: 32, channels: 3, data: new Uint8Array(3072).fill(7) }));
const cue = Buffer.from('cue \x04\0\0\0\xff\xff\xff\xff', 'latin1');

/** Files, and the message of `isthmus train FILE`. */
const files: Readonly<Record<string, { readonly content: string | Uint8Array; readonly message: RegExp }>> = {
  'text.png': {
    content: 'this is text\n',
    message: /its name promises png, but it is text that begins with "this is text"/,
  },
  'table.png': { content: 'a,b\n1,2\n3,4\n', message: /its name promises png, but it is text/ },
  'empty.csv': { content: '', message: /the file is empty/ },
  'empty.png': { content: '', message: /the file is empty/ },
  'truncated.png': { content: picture.subarray(0, 60), message: /PNG picture is truncated/ },
  'short.png': { content: pngStating(32, 32, new Uint8Array(100)), message: /PNG picture is truncated/ },
  'bomb.png': { content: pngStating(32, 32, new Uint8Array(1e8)), message: /more pixels than its header says/ },
  'hundred.png': {
    content: pngStating(12_500, 8000, new Uint8Array(100)),
    message: /100\.0 megapixels \(12500 x 8000\), the limit is 64: make it smaller, or .* --max-megapixels 100/,
  },
  'huge.png': { content: pngStating(0xffffffff, 0xffffffff, new Uint8Array(100)), message: /the limit is 64/ },
  'flipped.png': {
    content: Buffer.concat([picture.subarray(0, 50), Buffer.from([picture[50]! ^ 255]), picture.subarray(51)]),
    message: /PNG picture is damaged/,
  },
  'truncated.jpg': { content: photo().subarray(0, 900), message: /JPEG photograph is damaged or truncated/ },
  'head.jpg': { content: photo().subarray(0, 30), message: /JPEG photograph is truncated/ },
  'large.jpg': { content: photoStating(12_500, 8000), message: /100\.0 megapixels \(12500 x 8000\)/ },
  'unearned.jpg': { content: photoStating(7000, 7000), message: /JPEG photograph is truncated/ },
  'truncated.wav': {
    content: sound().subarray(0, 500),
    message: /WAV recording is truncated: it has 456 of 2000 bytes/,
  },
  'nosound.wav': { content: sound().subarray(0, 36), message: /WAV recording is truncated/ },
  'cue.wav': {
    content: Buffer.concat([sound().subarray(0, 36), cue, sound().subarray(36)]),
    message: /a recording is a series: use --window/,
  },
  'nan.npy': {
    content: npyBytes('<f8', [2, 2], Float64Array.of(1, 2, Number.NaN, 4)),
    message: /value 2 of the array is NaN/,
  },
  'infinite.npy': {
    content: npyBytes('<f8', [1, 2], Float64Array.of(1e300, 2)),
    message: /value 0 of the array is 1e\+300/,
  },
  'rows.npy': { content: npyBytes('<f8', [0, 4], new Float64Array()), message: /the data has no samples/ },
  'truncated.npy': { content: array.subarray(0, 200), message: /damaged: it has \d+ of 1600 bytes of numbers/ },
  'huge.npy': { content: npyBytes('<f8', [4e9, 4e9], new Float64Array(2)), message: /\.npy file is damaged/ },
  'complex.npy': {
    content: npyBytes('<c16', [1, 1], new Float64Array(2)),
    message: /the type "c16", which is not real numbers/,
  },
  'series.npy': {
    content: npyBytes('<f8', [200], new Float64Array(200)),
    message: /one axis, which is a series: use --window/,
  },
  'huge.idx': {
    content: Buffer.concat([
      Buffer.from([0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 28, 0, 0, 0, 28]),
      Buffer.alloc(100),
    ]),
    message: /IDX file is truncated/,
  },
  'bomb.csv.gz': { content: gzipSync(tableText(20)).subarray(0, 200), message: /the gzip file is truncated/ },
  'header.csv': { content: 'a,b\n', message: /the table has no rows/ },
  'words.csv': { content: 'a,b\nx,y\nz,w\n', message: /no column of numbers/ },
  'huge.csv': {
    content: 'a,b\n1,2\n2,1e300\n3,4\n4,4\n',
    message: /row 2 of column "b" is .*: models need finite numbers/,
  },
  'cut.json': { content: '{"a": [1,2', message: /not valid JSON/ },
  'ragged.json': { content: '[[1,2],[3]]', message: /the JSON lists differ in length/ },
  'cut.jsonl': { content: '{"a":1}\n{"a":\n', message: /line 2 is not valid JSON/ },
  'broken.parquet': {
    content: Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(200, 77), Buffer.from('PAR1')]),
    message: /Parquet file is damaged/,
  },
  'cut.parquet': {
    content: readFileSync(new URL('../vectors/parquet/readings.parquet', import.meta.url)).subarray(0, 900),
    message: /Parquet file is damaged/,
  },
  'data.pkl': { content: Uint8Array.of(0x80, 4, 0x95, 0, 0), message: /a Python pickle, which can run any program/ },
  'picture.gif': { content: 'GIF89a\0\0\0\0', message: /convert it to PNG or JPEG/ },
  'page.csv': { content: '<!DOCTYPE html><html></html>', message: /it is a web page: is the download right/ },
  'pointer.npz': { content: 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n', message: /git lfs pull/ },
};

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
      'a model as data': { args: ['encode', 'good.npy', 'good.npy'], message: /it is npy, not a model/ },
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
