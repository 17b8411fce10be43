// `isthmus detect` as a process.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pattern } from '../jobs/series-data.ts';
import { isthmus, temporaryFolder } from './command.ts';

const folder = temporaryFolder();
const write = (name: string, text: string | Uint8Array): string => {
  writeFileSync(join(folder, name), text);
  return name;
};

const time = (row: number): string =>
  new Date(Date.UTC(2024, 0, 1, 0, 30 * row)).toISOString().slice(0, 19).replace('T', ' ');

/** Two columns, with strange values of `b` in the rows 1000 to 1019. */
function rows(): string[][] {
  const [a, b] = [pattern(2000, 1), pattern(2000, 2)];
  for (let i = 1000; i < 1020; i++) b[i]! += 3;
  return Array.from(a, (value, i) => [time(i), value.toFixed(3), b[i]!.toFixed(3)]);
}

const csv = (table: readonly (readonly string[])[], header = ['time', 'a', 'b'], delimiter = ','): string =>
  `${[header, ...table].map((cells) => cells.join(delimiter)).join('\n')}\n`;

/** Asserts that a stretch is that of `rows`, up to a sixth of a window. */
function assertAnomaly({ start, end }: { start: number; end: number }): void {
  assert.ok(Math.abs(start - 1000) <= 8 && Math.abs(end - 1019) <= 8, `${start}..${end}`);
}

const detect = (...args: string[]) => isthmus(['detect', ...args], { folder });

describe('isthmus detect', () => {
  it('prints the strange times and columns, and draws a picture beside the file', async () => {
    write('machine.csv', csv(rows()));
    const { code, stdout, stderr } = await detect('machine.csv');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^machine\.csv: 2,000 rows, 2 columns, windows of 48 rows\n1 strange stretch /);
    assert.match(
      stdout,
      /\nstart +end +score +columns\n2024-01-21 \d\d:\d0:00 {2}2024-01-22 \d\d:\d0:00 +\d+\.\d\d {2}b \d+ %/,
    );
    assert.equal(stderr, 'picture: machine.strange.svg\n');
    const picture = readFileSync(join(folder, 'machine.strange.svg'), 'utf8');
    assert.match(picture, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.equal(picture.match(/class="strange"/g)!.length, 3, 'one mark in each panel');
    assert.equal((await detect('machine.csv')).code, 0, 'the picture is replaced');
  });

  it('prints one JSON document with --json and writes no picture', async () => {
    write('json.csv', csv(rows()));
    const { code, stdout, stderr } = await detect('json.csv', '--json');
    assert.deepEqual([code, stderr], [0, '']);
    const document = JSON.parse(stdout);
    assert.deepEqual(
      [document.file, document.rows, document.columns, document.window],
      ['json.csv', 2000, ['a', 'b'], 48],
    );
    const [stretch, ...others] = document.stretches;
    assert.equal(others.length, 0);
    assertAnomaly(stretch);
    assert.deepEqual([stretch.startTime, stretch.endTime], [time(stretch.start), time(stretch.end)]);
    assert.equal(stretch.columns[0].name, 'b');
    assert.ok(!existsSync(join(folder, 'json.strange.svg')));
  });

  it('says that nothing is strange in data without anomalies', async () => {
    write(
      'calm.csv',
      csv(
        Array.from(pattern(1500, 7), (value, i) => [time(i), value.toFixed(3)]),
        ['time', 'a'],
      ),
    );
    const { code, stdout } = await detect('calm.csv', '--plot', 'none');
    assert.equal(code, 0);
    assert.match(stdout, /\nnothing strange: the highest score is 0\.\d\d, the threshold is 1\n$/);
  });

  it('reads semicolons, decimal commas, a byte-order mark, quotes, gaps, and times that are not in order', async () => {
    const table = rows();
    table[40]![1] = '';
    table[41]![1] = 'NA';
    table[1500]![2] = '';
    [table[100], table[101]] = [table[101]!, table[100]!];
    const german = table.map(([t, a, b]) => [`"${t}"`, a!.replace('.', ','), b!.replace('.', ',')]);
    write('german.csv', `\ufeff${csv(german, ['Zeit', '"Druck, außen"', 'b'], ';')}`);
    const { code, stdout, stderr } = await detect('german.csv', '--json');
    assert.equal(code, 0, stderr);
    const { stretches, columns, notes } = JSON.parse(stdout);
    assert.deepEqual(columns, ['Druck, außen', 'b']);
    assert.equal(stretches.length, 1);
    assertAnomaly(stretches[0]);
    assert.match(notes.join('\n'), /sorted by time/);
    assert.match(notes.join('\n'), /missing values, of 2000: "Druck, außen" 2, "b" 1/);
  });

  it('leaves out columns that are constant, empty or text, and says so', async () => {
    const table = rows().map(([t, a, b]) => [t!, a!, b!, '5', '', 'on']);
    write('mixed.csv', csv(table, ['time', 'a', 'b', 'constant', 'empty', 'state']));
    const { code, stdout, stderr } = await detect('mixed.csv', '--plot', 'none');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /2,000 rows, 2 columns/);
    assert.match(stderr, /left out, as all values are equal: "constant"/);
    assert.match(stderr, /left out, as no values: "empty"/);
    assert.match(stderr, /left out, as no numbers: "state"/);
  });

  it('finds strange rows with --rows', async () => {
    const a = pattern(600, 3);
    const table = Array.from(a, (value, i) => [
      value.toFixed(4),
      (2 * value + (i === 300 ? 2 : 0)).toFixed(4),
      String(i % 7),
    ]);
    write('parts.csv', csv(table, ['x', 'y', 'z']));
    const { code, stdout } = await detect('parts.csv', '--rows', '--json', '-o', 'scores.csv');
    assert.equal(code, 0);
    const { stretches } = JSON.parse(stdout);
    const [strangest] = stretches.sort((p: { score: number }, q: { score: number }) => q.score - p.score);
    assert.equal(strangest.start, 300);
    const lines = readFileSync(join(folder, 'scores.csv'), 'utf8').trim().split('\n');
    assert.equal(lines.length, 601);
    assert.equal(lines[0], 'row,time,score,strange');
    assert.match(lines[301]!, /^301,,\d+\.\d{4},1$/);
  });

  it('prints the 50 strongest of many strange rows, and says how many are left', async () => {
    const a = pattern(4000, 4);
    const table = Array.from(a, (value, i) => [value.toFixed(4), (2 * value + (i % 50 === 7 ? 3 : 0)).toFixed(4)]);
    write('many.csv', csv(table, ['x', 'y']));
    const { code, stdout, stderr } = await detect('many.csv', '--rows', '--plot', 'none');
    assert.equal(code, 0, stderr);
    const lines = stdout.trim().split('\n');
    assert.equal(lines.filter((line) => /^row \d+ /.test(line)).length, 50);
    const all = Number(/^(\d+) strange rows/.exec(lines[1]!)![1]);
    assert.ok(all >= 80, String(all));
    assert.equal(lines.at(-1), `and ${all - 50} with lower scores: --json prints all`);
  });

  it('trains on --normal, saves the detector, and applies it later with the same result', async () => {
    const normal = rows().map((cells, i) => [cells[0]!, cells[1]!, (20 + Math.sin(i / 7)).toFixed(3)]);
    write('normal.csv', csv(normal));
    write('today.csv', csv(rows()));
    const first = await detect('today.csv', '--normal', 'normal.csv', '--save', 'line.safetensors', '--json');
    assert.equal(first.code, 0, first.stderr);
    const second = await detect('today.csv', '--detector', 'line.safetensors', '--json');
    assert.deepEqual(JSON.parse(second.stdout), JSON.parse(first.stdout));
    const again = await detect('today.csv', '--save', 'line.safetensors');
    assert.equal(again.code, 1);
    assert.match(again.stderr, /line\.safetensors already exists: use -f/);
  });

  it('examines several files, continues after a file that fails, and exits with 1', async () => {
    write('one.csv', csv(rows()));
    write('two.csv', 'a\n1\n');
    const { code, stderr } = await detect('one.csv', 'two.csv', '--plot', 'both.svg');
    assert.deepEqual([code, stderr], [2, 'error: --plot needs one file\n']);
    const both = await detect('one.csv', 'two.csv', '--json');
    assert.equal(both.code, 1);
    const { files, errors } = JSON.parse(both.stdout);
    assert.equal(files.length, 1);
    assert.match(errors[0], /^two\.csv: .*got/);
  });

  it('prints JavaScript with --code that finds the same', async () => {
    const { program } = await import('./command.ts');
    const project = join(program, '../../build/detect-code');
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, 'machine.csv'), csv(rows()));
    const table = Array.from(pattern(600, 3), (value, i) => [
      value.toFixed(4),
      (2 * value + (i === 300 ? 2 : 0)).toFixed(4),
      String(i % 7),
    ]);
    writeFileSync(join(project, 'parts.csv'), csv(table, ['x', 'y', 'z']));
    for (const { args, expected } of [
      { args: ['machine.csv'], expected: /^2024-01-2[01] \d\d:\d0:00 2024-01-2[23] \d\d:\d0:00 \d+\.\d\d\n$/ },
      { args: ['parts.csv', '--rows'], expected: /^row 301 \d+\.\d\d$/m },
    ]) {
      const { code, stdout, stderr } = await isthmus(['detect', ...args, '--code'], { folder: project });
      assert.deepEqual([code, stderr], [0, '']);
      writeFileSync(join(project, 'code.mjs'), stdout);
      const { spawnSync } = await import('node:child_process');
      const run = spawnSync(process.execPath, ['code.mjs'], { cwd: project, encoding: 'utf8' });
      assert.equal(run.stderr, '');
      assert.match(run.stdout, expected);
    }
  });

  it('fails with one line that a person understands', async () => {
    write('empty.csv', '');
    write('header.csv', 'time,a\n');
    write('short.csv', 'time,a\n2024-01-01,1\n');
    write('words.csv', 'a,b\nred,green\nblue,white\n');
    write('constant.csv', csv(rows().map(([t]) => [t!, '1', '1'])));
    write('missing.csv', csv(rows().map(([t]) => [t!, '', 'NA'])));
    write('hole.csv', csv(rows().map((cells, i) => (i === 3 ? ['', cells[1]!, cells[2]!] : cells))));
    write('broken.csv', '\x00\x01\x02\xff\xfe');
    write('detector.safetensors', '{}');
    const cases: [string[], RegExp][] = [
      [['empty.csv'], /^error: empty\.csv: the file is empty\n$/],
      [['header.csv'], /^error: header\.csv: .+\n$/],
      [['short.csv'], /^error: short\.csv: .*(rows|change).*\n$/],
      [['words.csv'], /^error: words\.csv: no column of numbers was found.*\n$/],
      [['constant.csv'], /constant\.csv: .*all values are equal: "a", "b".*\n$/],
      [['missing.csv'], /^error: missing\.csv: .*no .*\n$/],
      [['hole.csv'], /^error: hole\.csv: row 4 has no time in "time".*\n$/],
      [['broken.csv'], /^error: broken\.csv: .+\n$/],
      [['absent.csv'], /^error: .*absent\.csv: no such file.*\n$/],
      [['machine.csv', '--columns', 'c'], /"columns" expected names of number columns \("a", "b"\), got "c"\n$/],
      [['machine.csv', '--time', 'c'], /"time" expected a column with times or numbers/],
      [
        ['machine.csv', '--detector', 'detector.safetensors'],
        /^error: detector\.safetensors: the file is no detector.*\n$/,
      ],
    ];
    write('machine.csv', csv(rows()));
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await detect(...args);
      assert.deepEqual([code, stdout], [1, ''], `${args}: ${stderr}`);
      assert.match(stderr, message);
    }
    const wrong: [string[], RegExp][] = [
      [['machine.csv', '--window', '0'], /"--window" expected integer 4\.\.1024, got "0"/],
      [['machine.csv', '--rows', '--window', '9'], /--rows and --window exclude each other/],
      [
        ['machine.csv', '--detector', 'x', '--false-alarms', '0.01'],
        /--detector and --false-alarms exclude each other/,
      ],
    ];
    for (const [args, message] of wrong) {
      const { code, stderr } = await detect(...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
  });

  it('leaves no incomplete file after Ctrl-C or on a full disk', async () => {
    const long = Array.from({ length: 60_000 }, (_, i) => [
      time(i),
      Math.sin(i / 9).toFixed(3),
      Math.cos(i / 11).toFixed(3),
    ]);
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    writeFileSync(join(inner, 'long.csv'), csv(long));
    const stopped = await isthmus(['detect', 'long.csv', '--save', 'd.safetensors'], {
      folder: inner,
      onStart: (child) => setTimeout(() => child.kill('SIGINT'), 700),
    });
    assert.ok(stopped.code === 130 || stopped.code === null, `exit code ${stopped.code}`);
    assert.deepEqual(readdirSync(inner), ['long.csv']);
    if (!existsSync('/dev/full')) return;
    const full = await detect('machine.csv', '--plot', 'none', '-o', '/dev/full');
    assert.equal(full.code, 1);
    assert.match(full.stderr, /error: .*\/dev\/full.*the disk is full/);
  });

  it('reads standard input', async () => {
    const { code, stdout } = await isthmus(['detect', '-', '--json'], { folder, input: csv(rows()) });
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).stretches.length, 1);
  });
});
