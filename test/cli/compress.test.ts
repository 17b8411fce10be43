import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { compressCommand } from '../../jobs/code/compress.ts';
import { assertNoStack } from '../absent.ts';
import { isthmus, program, temporaryFolder } from './command.ts';

const folder = temporaryFolder();
const root = fileURLToPath(new URL('../../', import.meta.url));
const data = process.env.ISTHMUS_DATA || join(root, '../shared/data');

const numbers = Array.from({ length: 600 }, (_, i) => (20 + 5 * Math.sin(i / 40) + ((i * 31) % 10) / 100).toFixed(2));
const readings = `time,temperature,state\n${numbers
  .map(
    (value, i) =>
      `2024-01-01 ${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}:00,${value},${i % 40 < 30 ? 'on' : 'off'}`,
  )
  .join('\n')}\n`;
const path = join(folder, 'readings.csv');
writeFileSync(path, readings);

/** The cells of a column as numbers. */
const column = (csv: string, index: number, delimiter = ','): number[] =>
  csv
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => Number(line.split(delimiter)[index]!.replace(',', '.')));

describe('isthmus compress and decompress', () => {
  it('write a smaller file, restore each number within the bound, and print the ratio and the largest error', async () => {
    const compressed = await isthmus(['compress', path, '--max-error', '0.05']);
    assert.equal(compressed.code, 0, compressed.stderr);
    assert.match(
      compressed.stderr,
      /readings\.csv: [\d,]+ to [\d,]+ bytes, ratio [\d.]+, largest error 0\.0[\d]+, verified/,
    );
    assert.match(compressed.stderr, /gzip -9 [\d,]+, zstd -19 [\d,]+ bytes/);
    assert.match(compressed.stderr, /temperature +number +[\d,]+ +0\.05 +0\.0/);
    assert.equal(compressed.stdout, '');
    assert.ok(readFileSync(`${path}.isth`).length * 20 < readings.length);
    const back = join(folder, 'back.csv');
    const restored = await isthmus(['decompress', `${path}.isth`, '-o', back]);
    assert.equal(restored.code, 0, restored.stderr);
    const text = readFileSync(back, 'utf8');
    const values = column(readings, 1);
    for (const [i, value] of column(text, 1).entries()) assert.ok(Math.abs(value - values[i]!) <= 0.05);
    const withoutNumbers = (csv: string): string => csv.replace(/,[\d.]+,/g, ',,');
    assert.equal(withoutNumbers(text), withoutNumbers(readings));
    assert.equal(readFileSync(path, 'utf8'), readings);
  });

  it('restore every byte without a bound, in pipes', async () => {
    const compressed = await isthmus(['compress', '-'], { input: readings });
    assert.equal(compressed.code, 0, compressed.stderr);
    const restored = await isthmus(['decompress', '-'], { input: compressed.bytes });
    assert.equal(restored.stdout, readings);
    const short = await isthmus(['compress', '-d', '-', '-q'], { input: compressed.bytes });
    assert.equal(short.stdout, readings);
    assert.equal(short.stderr, '');
  });

  it('print one JSON document with --json', async () => {
    const output = join(folder, 'json.isth');
    const { stdout, code } = await isthmus(['compress', path, '--relative-error', '0.01', '-o', output, '--json']);
    assert.equal(code, 0);
    const { files } = JSON.parse(stdout);
    assert.equal(files[0].inputBytes, readings.length);
    assert.equal(files[0].outputBytes, readFileSync(output).length);
    assert.deepEqual(Object.keys(files[0].otherTools), ['gzip -9', 'zstd -19']);
    const [, temperature] = files[0].parts;
    assert.ok(temperature.maxError > 0 && temperature.maxError <= temperature.bound);
    const restored = JSON.parse((await isthmus(['decompress', output, '-t', '--json'])).stdout);
    assert.equal(restored.files[0].kind, 'csv');
  });

  it('refuse to replace a file without -f, and refuse names without the ending', async () => {
    const output = join(folder, 'exists.isth');
    writeFileSync(output, 'precious');
    const refused = await isthmus(['compress', path, '-o', output]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /already exists: use -f to replace it/);
    assert.equal(readFileSync(output, 'utf8'), 'precious');
    assert.equal((await isthmus(['compress', path, '-o', output, '-f'])).code, 0);
    assert.match((await isthmus(['decompress', path])).stderr, /does not end with \.isth: use -o FILE/);
  });

  it('check files with --test, and tell damaged files from others', async () => {
    const good = join(folder, 'good.isth');
    await isthmus(['compress', path, '-o', good]);
    const bytes = readFileSync(good);
    assert.match((await isthmus(['decompress', '--test', good])).stderr, /the checksums match/);
    bytes[bytes.length - 40]! ^= 1;
    const bad = join(folder, 'bad.isth');
    writeFileSync(bad, bytes);
    const cut = join(folder, 'cut.isth');
    writeFileSync(cut, bytes.subarray(0, bytes.length - 9));
    for (const file of [bad, cut, path, fileURLToPath(import.meta.url)]) {
      const { code, stderr, stdout } = await isthmus(['decompress', file, '-o', join(folder, 'never.csv')]);
      assert.equal(code, 1, file);
      assert.match(stderr, /^error: .+\n$/);
      assertNoStack(stderr);
      assert.equal(stdout, '');
      assert.ok(!existsSync(join(folder, 'never.csv')));
    }
  });

  it('compress several files into a folder, and continue after a file that fails', async () => {
    const target = join(folder, 'many');
    mkdirSync(target);
    const second = join(folder, 'second.csv');
    writeFileSync(second, 'a;b\r\n1,5;x\r\n');
    const cut = join(folder, 'cut.npy');
    writeFileSync(cut, '\x93NUMPY\x01\x00v', 'latin1');
    const { code, stderr } = await isthmus(['compress', second, cut, path, '-o', `${target}/`]);
    assert.equal(code, 1);
    assert.match(stderr, /cut\.npy: the \.npy file ends in its header/);
    assert.deepEqual(readdirSync(target).sort(), ['readings.csv.isth', 'second.csv.isth']);
    const back = await isthmus(['decompress', join(target, 'second.csv.isth'), '-o', '-']);
    assert.equal(back.stdout, 'a;b\r\n1,5;x\r\n');
  });

  it('explain wrong bounds', async () => {
    const cases = [
      { args: ['-e', 'much'], code: 2, pattern: /"--max-error" expected a number of at least 0, or COLUMN=NUMBER/ },
      { args: ['-e', '-1'], code: 2, pattern: /got "-1"/ },
      {
        args: ['-e', 'pressure=1'],
        code: 1,
        pattern: /no column has the name "pressure"; the columns are time, temperature, state/,
      },
      { args: ['-e', '1', '--lossless'], code: 2, pattern: /choose one of/ },
      { args: ['--relative-error', '3'], code: 1, pattern: /at least 0 and below 1, got 3/ },
    ];
    for (const { args, code, pattern } of cases) {
      const result = await isthmus(['compress', path, '-o', join(folder, 'wrong.isth'), ...args]);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, pattern);
      assert.ok(!existsSync(join(folder, 'wrong.isth')));
    }
  });

  it('restore files with marks, quotes, line ends in cells, gaps and other encodings', async () => {
    const files: Record<string, Buffer> = {
      'commas.csv': Buffer.from(
        `a;b\r\n${numbers.map((value, i) => `${value.replace('.', ',')};x${i % 3}`).join('\r\n')}\r\n;;\r\n`,
      ),
      'quotes.csv': Buffer.from(`name,value\n${'"a ""b""\nc, d",1.25\n'.repeat(200)}`),
      'mark.csv': Buffer.from(`\ufeffa,b\n${'1,\n,2\nNA,3\n'.repeat(100)}`),
      'latin.csv': Buffer.from(`Gr\xf6\xdfe;Wert\n${'\xe4;1,5\n'.repeat(300)}`, 'latin1'),
      'wide.csv': Buffer.from(`\ufeffa,b\n${'1,é\n'.repeat(300)}`, 'utf16le'),
      'ragged.csv': Buffer.from('a,b,c\n1,2\n3,4,5,6\n\n7\n'),
      'empty.csv': Buffer.from(''),
      'binary.csv': Buffer.from(Uint8Array.from({ length: 3000 }, (_, i) => (i * i) % 256)),
    };
    for (const [name, bytes] of Object.entries(files)) {
      const compressed = await isthmus(['compress', '-', '-q'], { input: bytes });
      assert.equal(compressed.code, 0, `${name}: ${compressed.stderr}`);
      assert.ok(compressed.bytes.length <= bytes.length + 300, `${name}: ${compressed.bytes.length}`);
      const restored = await isthmus(['decompress', '-', '-q'], { input: compressed.bytes });
      assert.deepEqual(restored.bytes, bytes, name);
    }
    const refused = await isthmus(['compress', '-', '-e', '1'], { input: files['binary.csv']! });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /a bound needs numbers, and the file has none that can be read/);
  });

  it('print JavaScript that does the same, and that runs', async () => {
    const entry = pathToFileURL(join(root, 'dist/index.js')).href;
    const run = (lines: string): string => {
      const script = join(folder, 'lines.mjs');
      writeFileSync(script, lines.replace("from 'isthmus'", `from '${entry}'`));
      const { status, stdout, stderr } = spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      return stdout;
    };
    for (const { args, bound } of [
      { args: ['-e', '0.05'], bound: 0.05 },
      { args: [], bound: 0.005 },
    ]) {
      const { stdout, code, stderr } = await isthmus(['compress', 'readings.csv', ...args, '--code'], { folder });
      assert.equal(code, 0, stderr);
      const printed = run(stdout);
      const error = Number(/^600 numbers, \d+ bytes, largest errors ([\d.]+)\n$/.exec(printed)?.[1]);
      assert.ok(error > 0 && error <= bound, printed);
    }
    assert.ok(!existsSync(join(folder, 'lines.mjs.isth')));
  });

  it('take numbers without a header, by type and shape', async () => {
    const raw = join(folder, 'field.f32');
    const field = Float32Array.from({ length: 64 * 48 }, (_, i) => Math.sin((i % 64) / 9) + Math.cos(i / 640));
    writeFileSync(raw, field);
    const compressed = await isthmus(['compress', raw, '--raw', 'float32', '--shape', '48,64', '-e', '0.001']);
    assert.equal(compressed.code, 0, compressed.stderr);
    const back = await isthmus(['decompress', `${raw}.isth`, '-o', '-', '-q']);
    const restored = new Float32Array(new Uint8Array(back.bytes).buffer);
    assert.equal(restored.length, field.length);
    for (const [i, value] of field.entries()) assert.ok(Math.abs(value - restored[i]!) <= 0.001);
    const wrong = await isthmus(['compress', raw, '--raw', 'float32', '--shape', '50,64', '-e', '0.001', '-f']);
    assert.match(wrong.stderr, /field\.f32: the shape \[50, 64\] needs 12800 bytes, the file has 12288/);
  });

  it('read files of gzip and zstd', async () => {
    const zipped = join(folder, 'zipped.csv.gz');
    writeFileSync(zipped, gzipSync(readings));
    assert.equal((await isthmus(['compress', zipped, '-e', '0.05'])).code, 0);
    const restored = await isthmus(['decompress', join(folder, 'zipped.csv.isth'), '-o', '-', '-q']);
    assert.equal(restored.stdout.length, readings.length);
    writeFileSync(zipped, gzipSync(readings).subarray(0, 300));
    assert.match((await isthmus(['compress', zipped, '-f'])).stderr, /zipped\.csv\.gz: the gzip file is truncated/);
  });

  it('take the command that the playground copies', async () => {
    const name = "it's, a name.csv";
    writeFileSync(join(folder, name), readings.replace('temperature', '"T, inside=°C"'));
    const command = compressCommand(name, { maxError: { 'T, inside=°C': 0.05, '*': 1e-7 } });
    assert.equal(command, `npx isthmus compress 'it'\\''s, a name.csv' --max-error 'T, inside=°C=0.05,*=1e-7'`);
    const run = spawnSync('bash', ['-c', command.replace('npx isthmus', `"${process.execPath}" "${program}"`)], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /T, inside=°C +number +[\d,]+ +0\.05/);
    assert.equal(compressCommand('a.csv', { relativeError: 0.01 }), 'npx isthmus compress a.csv --relative-error 0.01');
    assert.equal(compressCommand('a.csv', {}), 'npx isthmus compress a.csv');
  });

  it('leave no file when they are interrupted', async () => {
    const large = join(folder, 'large.csv');
    const rows = Array.from(
      { length: 150000 },
      (_, i) => `${(i * 7919) % 1000},${Math.sin(i).toFixed(6)},${Math.cos(i / 7).toFixed(5)}`,
    );
    writeFileSync(large, `a,b,c\n${rows.join('\n')}\n`);
    const before = readdirSync(folder);
    const { code, stderr } = await isthmus(['compress', large, '-e', '0.001'], {
      onStart: (child) => setTimeout(() => child.kill('SIGINT'), 900),
    });
    assert.ok(code === 130 || code === null, `${code} ${stderr}`);
    assertNoStack(stderr);
    assert.deepEqual(readdirSync(folder), before);
  });

  const air = join(data, 'telemetry/AirQualityUCI.csv');
  it('keep the bound on real sensors, with decimal commas and codes for missing values', {
    skip: !existsSync(air) && 'no data',
  }, async () => {
    const output = join(folder, 'air.isth');
    const compressed = await isthmus(['compress', air, '-e', 'T=0.5,RH=1,AH=0.01', '-o', output, '--json']);
    assert.equal(compressed.code, 0, compressed.stderr);
    const restored = await isthmus(['decompress', output, '-o', '-', '-q']);
    const [before, after] = [readFileSync(air, 'utf8').split('\r\n'), restored.stdout.split('\r\n')];
    assert.equal(after.length, before.length);
    const bounds: Record<number, number> = { 12: 0.5, 13: 1, 14: 0.01 };
    for (const [row, line] of before.entries()) {
      const cells = after[row]!.split(';');
      for (const [i, cell] of line.split(';').entries()) {
        if (cells[i] === cell) continue;
        const [a, b] = [cell, cells[i]!].map((value) => Number(value.replace(',', '.'))) as [number, number];
        assert.ok(a !== -200 && Math.abs(a - b) <= bounds[i]!, `row ${row}, cell ${i}: ${cell} ${cells[i]}`);
      }
    }
  });
});
