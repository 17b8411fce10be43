import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { compressTable } from '../../jobs/table/compress.ts';
import { readTable } from '../../jobs/table/parse.ts';

import { readings, roundTrip, utf8 } from './table-data.ts';

/** The largest difference of two columns of numbers, as a reader in float64 sees it. */
function largestDifference(a: string, b: string, column: number): number {
  const cells = (csv: string): number[] =>
    csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[column]!)
      .map((cell) => (cell === '' ? 0 : Number(cell)));
  const [left, right] = [cells(a), cells(b)];
  assert.equal(left.length, right.length);
  return left.reduce((max, value, i) => Math.max(max, Math.abs(value - right[i]!)), 0);
}

describe('compressTable', () => {
  it('keeps the bound on the printed numbers, and everything else to the character', async () => {
    const input = readings(3000);
    const { restored, compressed } = await roundTrip(input, { maxError: { temperature: 0.05 } });
    assert.equal(compressed.stored, 'columns');
    const error = largestDifference(input, restored, 1);
    assert.ok(error > 0 && error <= 0.05, String(error));
    assert.equal(compressed.columns[1]!.maxError, error);
    const without = (csv: string): string => csv.replace(/,[\d.]+,/g, ',,');
    assert.equal(without(restored), without(input));
    assert.ok(compressed.bytes.length * 20 < input.length, `${compressed.bytes.length} of ${input.length}`);
  });

  it('reports the bytes of each column', async () => {
    const { compressed } = await roundTrip(readings(3000), { maxError: 0.05 });
    const sum = compressed.columns.reduce((total, { bytes }) => total + bytes, 0);
    assert.ok(sum > 0.4 * compressed.bytes.length && sum <= compressed.bytes.length, String(sum));
    assert.deepEqual(
      compressed.columns.map(({ name, kind, bound }) => [name, kind, bound]),
      [
        ['time', 'time', undefined],
        ['temperature', 'number', 0.05],
        ['count', 'number', 0.05],
        ['state', 'text', undefined],
      ],
    );
  });

  it('returns every byte with `lossless`', async () => {
    for (const input of [
      readings(2000),
      readings(2000, 6).replaceAll('\n', '\r\n'),
      '\ufeffa;b\r\n1,50;x\r\n2,25;\r\n',
    ]) {
      const { bytes, compressed } = await roundTrip(utf8(input), { lossless: true });
      assert.deepEqual(bytes, utf8(input));
      assert.ok(compressed.columns.every(({ maxError }) => maxError === 0));
    }
  });

  it('does not exceed a bound by the rounding of float64', async () => {
    // 0.3 and 0.31 differ by 0.010000000000000009.
    const input = `x,y\n${Array.from({ length: 2000 }, (_, i) => `${((i * 37) % 100) / 100},${(0.3 + (i % 3) * 0.01).toFixed(2)}`).join('\n')}\n`;
    const { restored } = await roundTrip(input, { maxError: 0.01 });
    assert.ok(largestDifference(input, restored, 0) <= 0.01);
    assert.ok(largestDifference(input, restored, 1) <= 0.01);
  });

  it('takes a bound as a share of the range, without codes for missing values', async () => {
    const cells = Array.from({ length: 500 }, (_, i) => (i % 10 ? (50 + 50 * Math.sin(i / 9)).toFixed(2) : '-9999'));
    const input = `t,v\n${cells.map((cell, i) => `${i},${cell}`).join('\n')}\n`;
    const { compressed, restored } = await roundTrip(input, { relativeError: { v: 0.01 } });
    const { bound } = compressed.columns[1]!;
    assert.ok(bound! > 0.9 && bound! <= 1, String(bound));
    assert.equal(restored.match(/,-9999\n/g)?.length, 50);
  });

  it('gives columns without a bound of their own the bound of `*`, or none', async () => {
    const input = readings(300);
    const named = await roundTrip(input, { maxError: { temperature: 0.1 } });
    assert.equal(named.compressed.columns[2]!.bound, undefined);
    const others = await roundTrip(input, { maxError: { temperature: 0.1, '*': 2 } });
    assert.equal(others.compressed.columns[2]!.bound, 2);
  });

  it('refuses wrong options in plain words', async () => {
    const table = readTable(readings(10));
    await assert.rejects(compressTable(table, {}), /expected one of maxError, relativeError and lossless, got none/);
    await assert.rejects(compressTable(table, { maxError: 1, lossless: true }), /got 2/);
    await assert.rejects(compressTable(table, { maxError: -1 }), /"maxError" expected a number of at least 0, got -1/);
    await assert.rejects(compressTable(table, { maxError: Number.NaN }), RangeError);
    await assert.rejects(
      compressTable(table, { maxError: { pressure: 1 } }),
      /no column has the name "pressure"; the columns are time, temperature/,
    );
    await assert.rejects(compressTable(table, { maxError: { state: 1 } }), /"state" has no numbers \(text\)/);
  });

  it('restores numbers that no float32 holds', async () => {
    const large = Array.from({ length: 400 }, (_, i) => 9007199254740000 + i);
    const stamps = Array.from({ length: 400 }, (_, i) => 1700000000000 + i * 1000 + (i % 7));
    const mixed = Array.from({ length: 400 }, (_, i) => (i === 5 ? '1e308' : (i / 8).toFixed(3)));
    const input = `a,b,c,d\n${large.map((value, i) => `${value},${stamps[i]},${mixed[i]},${i % 2 ? '1e-320' : '-5e15'}`).join('\n')}\n`;
    for (const options of [{ maxError: 0.001 }, { lossless: true }, { maxError: 0.3 }] as const) {
      const { restored, table } = await roundTrip(input, options);
      const columns = readTable(restored).columns;
      for (const [i, column] of table.columns.entries()) {
        const other = columns[i]!;
        assert.ok(column.kind === 'number' && other.kind === 'number');
        const bound = 'maxError' in options ? options.maxError : 0;
        for (const [row, value] of column.values.entries())
          assert.ok(Math.abs(value - other.values[row]!) <= bound, `${column.name} ${row}: ${value}`);
      }
    }
  });

  it('restores tables of every size: no row, one row, constant, missing and mixed columns', async () => {
    const inputs = [
      '',
      '\n',
      'a,b',
      'a,b\n',
      'a,b\n1,2\n',
      'a,b\n1.5,\n',
      `a,b,c\n${'7,,x\n'.repeat(400)}`,
      `a,b\n${Array.from({ length: 300 }, (_, i) => `${i % 9 ? i / 2 : 'error'},NaN`).join('\n')}`,
      `a\n${'1.25\n\n'.repeat(200)}`,
      `a;b\r\n${'1,5;"x;y"\r\n'.repeat(300)}`,
      'just some prose, with a comma\nand "quotes" in it\n',
      'a,b\n1,2,3\n4\n,\n5,6\n',
      'a,b\r\n1,2\n3,4\r\n5,6\n7,8\n',
    ];
    for (const input of inputs) {
      for (const options of [{ lossless: true }, { maxError: 0.1 }] as const) {
        const { bytes, compressed, table } = await roundTrip(input, options);
        if ('lossless' in options) assert.deepEqual(bytes, utf8(input), input.slice(0, 40));
        assert.ok(compressed.bytes.length <= input.length + 400);
        assert.equal(readTable(bytes).rowCount, table.rowCount);
      }
    }
  });

  it('restores any table: other cells to the character, numbers within the bound', async () => {
    const number = fc.oneof(
      fc.integer({ min: -1000, max: 1000 }).map((n) => (n / 100).toFixed(2)),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.integer().map(String),
      fc.constantFrom('', 'NA', '-0', '+5', '.5', '5.', '007', '1e5', '1,234', '-200', 'x'),
    );
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 5 }),
      fc.constantFrom('a', 'b', '"', '\n', '\\n', ','),
    );
    const rows = fc.array(fc.tuple(number, number, word), { minLength: 1, maxLength: 60 });
    const bound = fc.constantFrom(0, 0.001, 0.01, 0.5, 3, 1e6);
    await fc.assert(
      fc.asyncProperty(rows, bound, fc.constantFrom(',', ';'), async (cells, maxError, delimiter) => {
        const quote = (cell: string): string => (/["\r\n,;]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
        const input = ['n,m,w'.replaceAll(',', delimiter), ...cells.map((row) => row.map(quote).join(delimiter))].join(
          '\n',
        );
        const { table, restored } = await roundTrip(input, { maxError });
        const back = readTable(restored, {
          delimiter: table.format.delimiter,
          header: table.format.header !== undefined,
        });
        assert.equal(back.rowCount, table.rowCount);
        for (const [i, column] of table.columns.entries()) {
          for (const [row, cell] of column.cells.entries()) {
            const other = back.columns[i]!.cells[row];
            if (cell === other) continue;
            assert.ok(column.kind === 'number', `${column.kind} ${cell} ${other}`);
            const mark = column.format.decimalMark === ',' ? /,/g : /$^/g;
            const difference = Math.abs(column.values[row]! - Number(other!.replace(mark, '.')));
            assert.ok(difference <= maxError, `${cell} ${other}`);
          }
        }
      }),
      { numRuns: 120 },
    );
  });

  it('trains a model where the relation of columns is not linear, and restores its table', async () => {
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const rows = Array.from({ length: 12000 }, () => {
      const angle = 6 * random();
      return Array.from({ length: 8 }, (_, i) => (100 * Math.sin((1 + i / 3) * angle + i)).toFixed(2)).join(',');
    });
    const input = `a,b,c,d,e,f,g,h\n${rows.join('\n')}\n`;
    const { compressed, restored } = await roundTrip(input, { maxError: 1 });
    assert.equal(compressed.trained, true);
    assert.ok(compressed.modelBytes > 500 && compressed.modelBytes * 10 < compressed.bytes.length);
    for (let i = 0; i < 8; i++) assert.ok(largestDifference(input, restored, i) <= 1);
  });

  it('stores very wide tables as text, without work for each column', async () => {
    const input = `${Array.from({ length: 200_000 }, (_, i) => i % 1000).join(',')}\n`.repeat(2);
    const { compressed, restored } = await roundTrip(input, { maxError: 0.1 });
    assert.equal(compressed.stored, 'text');
    assert.equal(restored, input);
  });

  it('stops when the signal is aborted, and reports progress that never falls', async () => {
    const table = readTable(readings(4000));
    const steps: number[] = [];
    await compressTable(table, { maxError: 0.01 }, { onProgress: (done) => steps.push(done) });
    assert.equal(steps.at(-1), 1);
    assert.deepEqual(
      steps,
      [...steps].sort((a, b) => a - b),
    );
    const controller = new AbortController();
    const work = compressTable(
      table,
      { maxError: 0.01 },
      { signal: controller.signal, onProgress: (done) => done > 0.3 && controller.abort(new Error('enough')) },
    );
    await assert.rejects(work, /enough/);
  });

  const folder = process.env.ISTHMUS_DATA || fileURLToPath(new URL('../../../shared/data', import.meta.url));
  const realFiles = [
    { path: 'telemetry/AirQualityUCI.csv', options: { lossless: true }, maxBytes: 98_500 },
    { path: 'nab/realKnownCause/nyc_taxi.csv', options: { lossless: true }, maxBytes: 15_700 },
    {
      path: 'nab/realKnownCause/machine_temperature_system_failure.csv',
      options: { maxError: 0.01 },
      maxBytes: 23_200,
    },
  ];
  for (const { path, options, maxBytes } of realFiles) {
    const file = `${folder}/${path}`;
    const missing = existsSync(file) ? undefined : `${file} is missing`;
    // Continuous integration has no real data.
    it(`takes the stated bytes for ${path}`, { skip: missing ?? false }, async () => {
      const input = new Uint8Array(readFileSync(file));
      const { compressed, bytes } = await roundTrip(input, options);
      if ('lossless' in options) assert.deepEqual(bytes, input);
      assert.ok(compressed.bytes.length < maxBytes, `${path}: ${compressed.bytes.length}`);
    });
  }
});
