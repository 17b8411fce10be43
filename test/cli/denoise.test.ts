// `isthmus denoise` as a process.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { decode, encode } from 'fast-png';
import jpeg from 'jpeg-js';
import wavefile from 'wavefile';
import { normalNumbers } from '../../tools/random.ts';
import { isthmus, program, temporaryFolder } from './command.ts';

const folder = temporaryFolder();
const [WIDTH, HEIGHT] = [120, 90];

const write = (name: string, data: string | Uint8Array): string => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), data);
  return name;
};
const read = (name: string): Buffer => readFileSync(join(folder, name));
const denoise = (...args: string[]) => isthmus(['denoise', ...args], { folder });

/** A smooth picture with noise of `sigma` levels, in 0..1. Alpha has a pattern. */
function pixels(channels: number, sigma: number): Float64Array {
  const normal = normalNumbers(5);
  return Float64Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => {
    const c = i % channels;
    const x = Math.floor(i / channels) % WIDTH;
    const y = Math.floor(i / channels / WIDTH);
    if (channels % 2 === 0 && c === channels - 1) return (x % 4) / 3;
    const value = 0.25 + (0.4 * x) / WIDTH + (y > 45 ? 0.15 : 0) + 0.03 * c;
    return Math.max(0, Math.min(1, value + (sigma / 255) * normal()));
  });
}

/** The bytes of a PNG picture. */
function png(channels: 1 | 2 | 3 | 4, depth: 8 | 16, sigma: number): Uint8Array {
  const range = 2 ** depth - 1;
  const levels = pixels(channels, sigma).map((value) => Math.round(range * value));
  const data = depth === 8 ? Uint8Array.from(levels) : Uint16Array.from(levels);
  return encode({ width: WIDTH, height: HEIGHT, channels, depth, data });
}

/** The error of a picture in levels of 0..255. */
function errorOf(data: ArrayLike<number>, channels: number, range: number): number {
  const clean = pixels(channels, 0);
  let sum = 0;
  for (let i = 0; i < clean.length; i++) sum += ((255 * data[i]!) / range - 255 * clean[i]!) ** 2;
  return Math.sqrt(sum / clean.length);
}

describe('isthmus denoise', () => {
  it('writes a clean picture beside a PNG of 8 or 16 bits, gray or color', async () => {
    for (const channels of [1, 2, 3, 4] as const) {
      for (const depth of [8, 16] as const) {
        const name = write(`photo-${channels}-${depth}.png`, png(channels, depth, 20));
        const { code, stdout, stderr } = await denoise(name);
        assert.deepEqual([code, stdout], [0, ''], stderr);
        const output = name.replace('.png', '.clean.png');
        assert.match(stderr, new RegExp(`^${name}: 120 x 90, noise (19|20|21)\\.\\d of 255 levels -> ${output}\n$`));
        const picture = decode(read(output));
        assert.deepEqual(
          [picture.width, picture.height, picture.channels, picture.depth],
          [WIDTH, HEIGHT, channels, depth],
        );
        assert.ok(errorOf(picture.data, channels, 2 ** depth - 1) < 6, name);
      }
    }
  });

  it('turns a JPEG photograph upright, as its EXIF orientation says, and writes JPEG or PNG by the name of the output', async () => {
    const color = pixels(3, 20);
    const rgba = Uint8Array.from({ length: 4 * WIDTH * HEIGHT }, (_, i) =>
      i % 4 === 3 ? 255 : Math.round(255 * color[3 * (i >> 2) + (i % 4)]!),
    );
    const { data } = jpeg.encode({ width: WIDTH, height: HEIGHT, data: rgba }, 95);
    // An APP1 segment with one entry: orientation 6, a quarter turn.
    const exif = Buffer.from('ffe1002245786966000049492a0008000000010012010300010000000600000000000000', 'hex');
    write('turned.jpg', Buffer.concat([data.subarray(0, 2), exif, data.subarray(2)]));
    const { code, stderr } = await denoise('turned.jpg', '-o', 'upright.png', '--sigma', '20');
    assert.equal(code, 0, stderr);
    const picture = decode(read('upright.png'));
    assert.deepEqual([picture.width, picture.height, picture.channels], [HEIGHT, WIDTH, 3]);
    assert.equal((await denoise('turned.jpg', '--sigma', '20')).code, 0);
    assert.deepEqual(Array.from(read('turned.clean.jpg').subarray(0, 3)), [0xff, 0xd8, 0xff]);
    const decoded = jpeg.decode(read('turned.clean.jpg'));
    assert.deepEqual([decoded.width, decoded.height], [HEIGHT, WIDTH]);
  });

  it('copies a file with little noise byte by byte, and says why', async () => {
    const bytes = png(3, 8, 0);
    write('calm.png', bytes);
    const { code, stdout } = await denoise('calm.png', '-o', 'copy.png', '--json');
    assert.equal(code, 0);
    const { changed, reason, sigma } = JSON.parse(stdout);
    assert.deepEqual([changed, sigma < 5], [false, true]);
    assert.match(reason, /little noise/);
    assert.deepEqual(read('copy.png'), Buffer.from(bytes));
  });

  it('cleans a recording and keeps its sample type', async () => {
    const normal = normalNumbers(8);
    const tone = Float64Array.from({ length: 16_000 }, (_, i) => 8000 * Math.sin(i / 5) * (i % 4000 < 2000 ? 1 : 0));
    const file = new wavefile.WaveFile();
    file.fromScratch(
      1,
      8000,
      '16',
      tone.map((value) => Math.round(value + 1000 * normal())),
    );
    write('speech.wav', file.toBuffer());
    const { code, stderr } = await denoise('speech.wav', '-o', 'out.wav');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^speech\.wav: 2\.0 s, noise [23]\.\d\d % of full scale -> out\.wav\n$/);
    const clean = new wavefile.WaveFile(read('out.wav'));
    assert.equal(clean.bitDepth, '16');
    const samples = clean.getSamples(true) as unknown as ArrayLike<number>;
    assert.equal(samples.length, 16_000);
    const error = Math.sqrt(tone.reduce((sum, value, i) => sum + (value - samples[i]!) ** 2, 0) / tone.length);
    assert.ok(error < 400, `error ${error}`);
  });

  it('cleans several files into a folder, under their names, and continues after a file that fails', async () => {
    write('a.png', png(1, 8, 20));
    write('b.png', 'not a picture');
    write('c.png', png(1, 8, 25));
    const { code, stderr } = await denoise('a.png', 'b.png', 'c.png', '-o', 'clean/');
    assert.equal(code, 1);
    assert.match(stderr, /error: b\.png: /);
    assert.deepEqual(readdirSync(join(folder, 'clean')).sort(), ['a.png', 'c.png']);
  });

  it('reads and writes pipes', async () => {
    const { code, bytes, stderr } = await isthmus(['denoise', '-', '-o', '-'], { folder, input: png(1, 8, 20) });
    assert.equal(code, 0, stderr);
    assert.ok(errorOf(decode(bytes).data, 1, 255) < 6);
  });

  it('prints JavaScript with --code that makes the same picture or recording', async () => {
    const project = join(program, '../../build/denoise-code');
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, 'photo.png'), png(3, 8, 20));
    const file = new wavefile.WaveFile();
    const normal = normalNumbers(8);
    file.fromScratch(
      1,
      8000,
      '16',
      Float64Array.from({ length: 8000 }, (_, i) => Math.round(8000 * Math.sin(i / 5) + 1000 * normal())),
    );
    writeFileSync(join(project, 'speech.wav'), file.toBuffer());
    for (const { input, output } of [
      { input: 'photo.png', output: 'clean.png' },
      { input: 'speech.wav', output: 'clean.wav' },
    ]) {
      const { code, stdout, stderr } = await isthmus(['denoise', input, '-o', output, '--code'], { folder: project });
      assert.deepEqual([code, stderr], [0, '']);
      writeFileSync(join(project, 'code.mjs'), stdout);
      const run = spawnSync(process.execPath, ['code.mjs'], { cwd: project, encoding: 'utf8' });
      assert.deepEqual([run.stderr, run.status], ['', 0]);
      const expected = join(folder, `expected-${output}`);
      assert.equal((await isthmus(['denoise', input, '-o', expected], { folder: project })).code, 0);
      const values = (path: string): ArrayLike<number> =>
        output.endsWith('.png')
          ? decode(readFileSync(path)).data
          : (new wavefile.WaveFile(readFileSync(path)).getSamples(true) as unknown as ArrayLike<number>);
      const [made, wanted] = [values(join(project, output)), values(expected)];
      assert.equal(made.length, wanted.length);
      const largest = Array.from(wanted, (value, i) => Math.abs(value - made[i]!)).reduce((a, b) => Math.max(a, b));
      assert.ok(largest <= 1, `${output} differs by ${largest}`);
    }
  });

  it('fails with one line that a person understands, and writes nothing', async () => {
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    const put = (name: string, data: string | Uint8Array): void => writeFileSync(join(inner, name), data);
    put('text.png', 'This is a letter, not a picture.\n');
    put('empty.png', '');
    const whole = png(3, 8, 20);
    put('truncated.png', whole.subarray(0, whole.length / 2));
    const photo = jpeg.encode({ width: 64, height: 64, data: new Uint8Array(4 * 64 * 64).fill(99) }, 90).data;
    put('truncated.jpg', photo.subarray(0, photo.length / 2));
    put('table.csv', 'a,b\n1,2\n3,4\n');
    // The header of a picture of 100 megapixels.
    const header = Buffer.from(whole);
    header.writeUInt32BE(10_000, 16);
    header.writeUInt32BE(10_000, 20);
    put('large.png', header);
    put('noise.wav', 'RIFF0000WAVEfmt ');
    put('noisy.png', whole);
    put('model.safetensors', 'no model');
    const names = readdirSync(inner).sort();
    const cases: [string[], RegExp, number?][] = [
      [
        ['text.png'],
        /^error: text\.png: the name promises png, but the content is text that begins with "This is a letter/,
      ],
      [['empty.png'], /^error: empty\.png: the file is empty/],
      [['truncated.png'], /^error: truncated\.png: the PNG picture is truncated/],
      [['truncated.jpg'], /^error: truncated\.jpg: .*truncated/],
      [['table.csv'], /^error: table\.csv: the file is a table: denoise takes PNG, JPEG and WAV/],
      [['large.png'], /^error: large\.png: the picture has 100\.0 megapixels .*--max-megapixels 100/],
      [['noise.wav'], /^error: noise\.wav: the WAV recording is (truncated|damaged)/],
      [['absent.png'], /^error: .*absent\.png: no such file/],
      [['noisy.png', '-o', 'noisy.png'], /^error: the output noisy\.png is also an input/],
      [['noisy.png', '-o', 'table.csv'], /^error: table\.csv already exists: use -f/],
      [['noisy.png', '-o', 'out.gif'], /the output "out\.gif" expected a name that ends in \.png, \.jpg or \.wav/, 2],
      [['noisy.png', '-o', 'out.wav'], /the output "out\.wav" expected the name of a picture/, 2],
      [['noisy.png', '--model', 'model.safetensors'], /^error: model\.safetensors: /],
      [['noisy.png', '--sigma', '-3'], /"--sigma" expected number above 0, at most 255, got "-3"/, 2],
      [['noisy.png', '--strength', '0'], /"--strength" expected number 0\.1\.\.4, got "0"/, 2],
    ];
    for (const [args, message, expected = 1] of cases) {
      const { code, stdout, stderr } = await isthmus(['denoise', ...args], { folder: inner });
      assert.deepEqual([code, stdout], [expected, ''], `${args}: ${stderr}`);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    }
    assert.deepEqual(readdirSync(inner).sort(), names);
  });

  it('writes nothing after Ctrl-C and on a full disk', async () => {
    const inner = join(folder, 'stopped');
    mkdirSync(inner);
    const normal = normalNumbers(5);
    const data = Uint8Array.from({ length: 1200 * 1200 }, () => Math.max(0, Math.min(255, 120 + 30 * normal())));
    writeFileSync(join(inner, 'large.png'), encode({ width: 1200, height: 1200, channels: 1, depth: 8, data }));
    const { code } = await isthmus(['denoise', 'large.png'], {
      folder: inner,
      onStart: (child) => setTimeout(() => child.kill('SIGINT'), 1000),
    });
    assert.ok(code === 130 || code === null, `exit code ${code}`);
    assert.deepEqual(readdirSync(inner), ['large.png']);
    if (!existsSync('/dev/full')) return;
    write('full.png', png(1, 8, 20));
    const full = await denoise('full.png', '-o', '/dev/full');
    assert.equal(full.code, 1);
    assert.match(full.stderr, /the disk is full/);
  });
});
