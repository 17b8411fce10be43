// The JavaScript that `compress --code` and `decompress --code` print: it runs and restores what the commands restore.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { encode } from 'fast-png';
import { normalNumbers } from '../../tools/random.ts';
import { isthmus, program } from './command.ts';
import { cases, npy } from './compress-code-data.ts';

// A folder of the repository, so that the printed code finds its packages.
const folder = join(program, '../../build/compress-code');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
const read = (name: string): Buffer => readFileSync(join(folder, name));

/** Runs a program and returns its standard output. */
function run(code: string): string {
  put('code.mjs', code);
  const { stdout, stderr, status } = spawnSync(process.execPath, ['code.mjs'], { cwd: folder, encoding: 'utf8' });
  assert.deepEqual([stderr, status], ['', 0], code);
  return stdout;
}

/** The program of `decompress --code` writes the bytes that `decompress` writes. Returns the program. */
async function assertRestores(name: string): Promise<string> {
  const { code, stdout, stderr } = await isthmus(['decompress', `${name}.isth`, '-o', 'made', '--code'], { folder });
  assert.deepEqual([code, stderr], [0, ''], name);
  rmSync(join(folder, 'made'), { force: true });
  run(stdout);
  assert.equal((await isthmus(['decompress', `${name}.isth`, '-f', '-o', 'wanted'], { folder })).code, 0);
  assert.ok(read('made').equals(read('wanted')), `${name}\n${stdout}`);
  return stdout;
}

const normal = normalNumbers(4);

describe('the program that compress --code prints', () => {
  for (const { name, content, args, count, bound } of cases) {
    it(`keeps the bound of ${name}${args.length ? ` with ${args.join(' ')}` : ''}`, async () => {
      put(name, content);
      const { code, stdout, stderr } = await isthmus(['compress', name, ...args, '--code'], { folder });
      assert.deepEqual([code, stderr], [0, '']);
      const printed = run(stdout);
      const match = /^(\d+) (?:bytes of )?numbers, (\d+) bytes, largest error (\S+)\n$/.exec(printed);
      assert.equal(Number(match?.[1]), count, printed);
      assert.ok(Number(match?.[3]) <= bound, printed);
      assert.equal(read(`${name}.bin`).length, Number(match?.[2]));
    });
  }

  it('is refused with one line where the command has no numbers', async () => {
    put('empty.npy', npy('<f4', [0], new Float32Array(0)));
    put('letter.pdf', Uint8Array.from([37, 80, 68, 70, 0, 1, 2]));
    put('low.png', encode({ width: 8, height: 2, channels: 1, depth: 1, data: new Uint8Array(2) }));
    for (const [name, message] of [
      ['empty.npy', /^error: --code needs numbers, empty\.npy has none/],
      ['letter.pdf', /^error: --code of this command is for files of CSV, \.npy, WAV and PNG/],
      ['low.png', /^error: --code is for PNG pictures of 8 or 16 bits, low\.png has 1/],
      ['-', /^error: --code needs the name of a file/],
    ] as const) {
      const { code, stdout, stderr } = await isthmus(['compress', name, '--code'], { folder });
      assert.deepEqual([code, stdout], [2, ''], name);
      assert.match(stderr, message);
    }
  });
});

describe('the program that decompress --code prints', () => {
  for (const { name, content, args } of cases) {
    it(`restores ${name}${args.length ? ` with ${args.join(' ')}` : ''}`, async () => {
      put(name, content);
      assert.equal((await isthmus(['compress', name, ...args, '-f'], { folder })).code, 0);
      await assertRestores(name);
    });
  }

  it('restores pump.csv in at most 64 lines', async () => {
    copyFileSync(join(program, '../../docs/samples/pump.csv'), join(folder, 'pump.csv'));
    for (const args of [['-e', 'flow=0.2,pressure=0.05'], [], ['--relative-error', '0.01']]) {
      assert.equal((await isthmus(['compress', 'pump.csv', ...args, '-f'], { folder })).code, 0);
      const code = await assertRestores('pump.csv');
      assert.ok(code.trimEnd().split('\n').length <= 64, code);
    }
  });

  it('restores a table whose codec has a trained model', async () => {
    // Points of a curve in an order that predicts nothing.
    const lines = Array.from({ length: 7000 }, () => {
      const angle = 3 * normal();
      return Array.from({ length: 8 }, (_, k) => (10 * Math.sin(angle + k * k)).toFixed(2)).join(',');
    });
    put('curve.csv', `a,b,c,d,e,f,g,h\n${lines.join('\n')}\n`);
    const { code, stdout } = await isthmus(['compress', 'curve.csv', '-e', '0.5', '--json'], { folder });
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).files[0].trained, true);
    assert.match(await assertRestores('curve.csv'), /loadCodec/);
  });

  it('restores tables of many forms', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => ({
      i,
      value: 20 + 5 * Math.sin(i / 30),
      level: 1234567 + 997 * i,
    }));
    const pad = (value: number): string => String(value).padStart(2, '0');
    const tables: Record<string, string | Uint8Array> = {
      // Texts of a dictionary, gaps and codes among numbers.
      'gaps.csv': `t,a,state\n${rows.map(({ i, value }) => `${i},${i % 50 === 7 ? '-200' : value.toFixed(1)},${i % 9 ? 'on' : 'off\\n'}`).join('\n')}`,
      // Decimal commas, semicolons, empty columns and rows, dates without zeros in front, Windows line ends, a byte-order mark.
      'comma.csv': `\ufeffday;a;b;;\r\n${rows.map(({ i, value }) => `${1 + (i % 28)}.${1 + (i % 12)}.2024;${value.toFixed(2).replace('.', ',')};${(-value).toFixed(3).replace('.', ',')};;`).join('\r\n')}\r\n;;;;\r\n;;;;\r\n`,
      // Thousands separators and quotes.
      'quotes.csv': `"a ""b""",text\n${rows.map(({ i, level }) => `"${level.toLocaleString('en-US')}.5","x, ${i % 3}"`).join('\n')}\n`,
      'all.csv': `"a","b"\n${rows.map(({ i, value }) => `"${i}","${value.toFixed(2)}"`).join('\n')}\n`,
      'texts.csv': `"n","s"\n${rows.map(({ value, i }) => `${value.toFixed(2)},"${i % 4 ? 'low' : 'high'}"`).join('\n')}\n`,
      // Fractions of seconds, numbers whose zeros at the end are dropped.
      'fraction.csv': `time,x\n${rows.map(({ i, value }) => `2024-03-01T00:${pad(Math.floor(i / 60))}:${pad(i % 60)}.${pad(i % 100)}0,${Number(value.toFixed(3))}`).join('\n')}\n`,
      'clock.csv': rows
        .map(({ i, value }) => `${pad(Math.floor(i / 60))}:${pad(i % 60)}\t${Number(value.toFixed(1))}`)
        .join('\n'),
      'different.csv': `id,x\n${rows.map(({ i, value }) => `k${(i * 7919) % 10007}${'é°'[i % 2]},${value.toFixed(3)}`).join('\n')}\n`,
      'wide.csv': Buffer.from(
        `\ufeffa,b\n${rows.map(({ i, value }) => `${i},${value.toFixed(2)}`).join('\n')}\n`,
        'utf16le',
      ),
      'latin.csv': Buffer.from(
        `größe,b\n${rows.map(({ i, value }) => `${i},${value.toFixed(2)}`).join('\n')}\n`,
        'latin1',
      ),
      'noise.txt': Buffer.from(rows.map(({ i }) => `a line of text, ${'x'.repeat(i % 7)}`).join('\n')),
      '`${name}.csv': `\`\${process.exit(9)}\`,b\n${rows.map(({ i, value }) => `${i},${value.toFixed(2)}`).join('\n')}\n`,
    };
    for (const [name, content] of Object.entries(tables)) {
      put(name, content);
      for (const args of name === 'noise.txt' ? [[]] : [[], ['-e', '0.05']]) {
        const { code, stderr } = await isthmus(['compress', name, ...args, '-f'], { folder });
        assert.equal(code, 0, stderr);
        await assertRestores(name);
      }
    }
  });

  it('names the part that it cannot restore', async () => {
    const lines = Array.from({ length: 600 }, (_, i) => `${(20 + 5 * Math.sin(i / 30)).toFixed(2)},${i}`);
    const ragged = lines.with(5, '7.00').with(9, '8.00');
    const texts = lines.map((line, i) => (i % 10 ? line : `unknown ${i},${i}`));
    put('ragged.csv', `a,b\n${ragged.join('\n')}\n`);
    put('mixed.csv', `a,b\n${texts.join('\n')}\n`);
    for (const [name, message] of [
      [
        'ragged.csv',
        /^error: ragged\.csv\.isth: no short JavaScript restores the 2 rows that have another number of cells/,
      ],
      ['mixed.csv', /^error: mixed\.csv\.isth: no short JavaScript restores column "a": it has 60 different texts/],
    ] as const) {
      assert.equal((await isthmus(['compress', name, '-e', '0.05'], { folder })).code, 0);
      const { code, stdout, stderr } = await isthmus(['decompress', `${name}.isth`, '--code'], { folder });
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, message);
    }
  });
});
