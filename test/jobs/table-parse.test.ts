import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Column } from '../../jobs/table/column.ts';
import { delimiters } from '../../jobs/table/csv.ts';
import { detectQuoteStyle, formatTable } from '../../jobs/table/format.ts';
import { formatNumber, parseNumber } from '../../jobs/table/number-text.ts';
import { readTable, type Table } from '../../jobs/table/parse.ts';
import { encodeText } from '../../jobs/table/text-encoding.ts';
import { timePattern } from '../../jobs/table/time-text.ts';

const restored = (table: Table): string => {
  const quoteStyle = detectQuoteStyle(table, table.text);
  assert.ok(quoteStyle, 'no style of quotes restores the text');
  return formatTable({ ...table, quoteStyle });
};
const kinds = ({ columns }: Table): string[] => columns.map(({ kind }) => kind);
const numbersOf = (column: Column | undefined): number[] => {
  assert.ok(column?.kind === 'number');
  return [...column.values];
};

describe('readTable', () => {
  it('reads semicolons, decimal commas, CRLF, and empty columns and rows at the end', () => {
    const text =
      'Date;Time;CO;T;;\r\n10/03/2004;18.00.00;2,6;13,6;;\r\n11/03/2004;19.00.00;2;-200;;\r\n;;;;;\r\n;;;;;\r\n';
    const table = readTable(text);
    assert.deepEqual(kinds(table), ['time', 'time', 'number', 'number']);
    assert.equal(table.rowCount, 2);
    assert.deepEqual(numbersOf(table.columns[2]), [2.6, 2]);
    assert.deepEqual(
      [table.format.delimiter, table.format.lineEnd, table.format.emptyRows, table.format.emptyColumns],
      [';', '\r\n', 2, 2],
    );
    assert.equal(restored(table), text);
  });

  it('reads a byte-order mark, quotes with line ends and delimiters, and gaps', () => {
    const text = '\ufeffname,"a ""b"""\n"x\ny, z",1.5\nlast,NA\n,\n"q",2\n';
    const bytes = new TextEncoder().encode(text);
    const table = readTable(bytes);
    assert.deepEqual(table.columns[0]!.cells, ['x\ny, z', 'last', '', 'q']);
    assert.deepEqual(numbersOf(table.columns[1]), [1.5, Number.NaN, Number.NaN, 2]);
    assert.equal(table.columns[1]!.missing, 2);
    assert.equal(table.columns[1]!.name, 'a "b"');
    assert.equal(table.format.byteOrderMark, true);
  });

  it('reads UTF-16 and Latin-1, and restores their bytes', () => {
    const text = 'Größe;Wert\nä€;1,5\nö;2,5\n';
    for (const encoding of ['utf-16le', 'utf-16be', 'windows-1252'] as const) {
      for (const byteOrderMark of encoding === 'windows-1252' ? [false] : [true, false]) {
        const bytes = encodeText({ text, encoding, byteOrderMark });
        const table = readTable(bytes);
        assert.equal(table.format.encoding, encoding);
        assert.equal(table.text, text);
        assert.deepEqual(encodeText({ ...table.format, text: restored(table) }), bytes);
      }
    }
  });

  it('decodes and encodes every byte but 0 as windows-1252', () => {
    const bytes = Uint8Array.from({ length: 255 }, (_, i) => i + 1);
    const table = readTable(bytes);
    assert.deepEqual(encodeText({ ...table.format, text: table.text }), bytes);
  });

  it('finds each delimiter', () => {
    for (const delimiter of delimiters) {
      const text = ['a', 'b', 'c'].join(delimiter) + '\n' + ['1', '2', 'x y'].join(delimiter) + '\n';
      const { format, columns } = readTable(text);
      assert.equal(format.delimiter, delimiter);
      assert.equal(columns.length, 3);
    }
  });

  it('finds out whether the first row has names', () => {
    assert.equal(readTable('1,2\n3,4\n').format.header, undefined);
    assert.deepEqual(readTable('a,b\n3,4\n').format.header, ['a', 'b']);
    assert.deepEqual(readTable('2024-01-01,b\n2024-01-02,c\n').format.header, undefined);
    assert.deepEqual(readTable('1,2\n3,4\n', { header: true }).columns[0]!.name, '1');
  });

  it('makes names unique, and gives unnamed columns a number', () => {
    const { columns, warnings } = readTable('a,a,,b\n1,2,3,4\n');
    assert.deepEqual(
      columns.map(({ name }) => name),
      ['a', 'a (2)', 'column 3', 'b'],
    );
    assert.match(warnings.join(), /same name/);
  });

  it('restores rows with more or fewer cells, and says which row differs', () => {
    const text = 'a,b,c\n1,2,3\n4,5\n\n6,7,8,9\n1,1,1\n';
    const table = readTable(text);
    assert.equal(restored(table), text);
    assert.match(table.warnings.join(), /row 1 has 3 cells/);
  });

  it('takes postal codes and other numbers with leading zeros as text', () => {
    assert.deepEqual(kinds(readTable('zip,n\n01067,1\n99084,2\n02708,3\n')), ['text', 'number']);
  });

  it('reads thousands separators', () => {
    assert.deepEqual(numbersOf(readTable('a;b\n1,234.50;0.5\n12.25;1.5\n')!.columns[0]), [1234.5, 12.25]);
    assert.deepEqual(numbersOf(readTable('a;b\n1.234,50;0,5\n12,25;1,5\n')!.columns[0]), [1234.5, 12.25]);
    assert.deepEqual(numbersOf(readTable('a,b\n"1,234",0.5\n"12",1.5\n')!.columns[0]), [1234, 12]);
  });

  it('finds the step of regular times', () => {
    const [column] = readTable('t,x\n2024-02-28 23:30:00,1\n2024-02-29 00:00:00,2\n2024-02-29 00:30:00,3\n').columns;
    assert.ok(column?.kind === 'time');
    assert.equal(column.step, 1_800_000);
    assert.equal(new Date(column.values[1]!).toISOString(), '2024-02-29T00:00:00.000Z');
  });

  it('tells days before months from months before days by the steps', () => {
    const dates = Array.from({ length: 20 }, (_, i) => `${String(i + 1).padStart(2, '0')}/02/2024`);
    for (const swap of [false, true]) {
      const cells = dates.map((date) => (swap ? date.replace(/^(..).(..)/, '$2/$1') : date));
      const [column] = readTable(`d,x\n${cells.map((cell) => `${cell},1`).join('\n')}\n`).columns;
      assert.ok(column?.kind === 'time');
      assert.equal(column.step, 86_400_000);
    }
  });

  it('finds numbers that stand for missing values', () => {
    const cells = Array.from({ length: 100 }, (_, i) => (i % 10 ? String(20 + (i % 7)) : '-999'));
    const [column] = readTable(`t\n${cells.join('\n')}\n`).columns;
    assert.ok(column?.kind === 'number');
    assert.equal(column.missingCode, -999);
    const plain = readTable(`t\n${cells.filter((cell) => cell !== '-999').join('\n')}\n`).columns[0];
    assert.ok(plain?.kind === 'number');
    assert.equal(plain.missingCode, undefined);
  });

  it('reads an empty text, a header alone, one cell and one line end', () => {
    for (const text of ['', '\n', 'a', 'a,b', 'a,b\n', '1', '\r\n', ',', ',,\n,,\n'])
      assert.equal(restored(readTable(text)), text);
  });

  it('splits rows at every kind of line end outside quotes, and says that they differ', () => {
    const table = readTable('a,b\r\n1,"x\ry"\n2,z\n3,w\r\n4,"\r\n"\n');
    assert.deepEqual(table.columns[0]!.cells, ['1', '2', '3', '4']);
    assert.deepEqual(table.columns[1]!.cells, ['x\ry', 'z', 'w', '\r\n']);
    assert.match(table.warnings.join(), /lines end in different ways/);
  });

  it('refuses bytes that are no text, and quotes that are never closed, in plain words', () => {
    assert.throws(() => readTable(Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10, 0, 0)), {
      name: 'FormatError',
      message: 'this is not a text file: byte 8 is 0',
    });
    assert.throws(
      () => readTable('a,b\n1,"2\n3,4\n'),
      /row 2 of the CSV: a cell begins with a quote that is never closed/,
    );
  });

  it('refuses to make up most of the cells', () => {
    const rows = Array.from({ length: 5000 }, () => '1,2').join('\n');
    assert.throws(() => readTable(`${rows}\nx${','.repeat(50000)}\n`), /not a table: row 5001 has 50001 cells/);
  });

  it('restores the text of every table that a writer with minimal quotes makes', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.double({ noNaN: true }).map(String),
      fc.constantFrom('', 'NA', '007', '1,5', '"', '\n', ' 3 ', '12.50', '2024-01-01'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...delimiters),
        fc.constantFrom('\n', '\r\n'),
        (rows, delimiter, lineEnd) => {
          const quote = (text: string): string =>
            /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
          const text = rows.map((cells) => cells.map(quote).join(delimiter)).join(lineEnd) + lineEnd;
          if (!text.isWellFormed()) return;
          assert.equal(restored(readTable(text, { delimiter })), text);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('numbers and times as text', () => {
  it('formats what it parses, with the same decimals and separators', () => {
    const cases = [
      { text: '-1.234.567,80', format: { decimalMark: ',', grouped: true, decimals: 2, minDecimals: 2 } },
      { text: '0.05', format: { decimalMark: '.', grouped: false, decimals: 2, minDecimals: 0 } },
      { text: '2.0', format: { decimalMark: '.', grouped: false, decimals: 15, minDecimals: 1 } },
      { text: '-7', format: { decimalMark: '.', grouped: false, decimals: 3, minDecimals: 0 } },
    ] as const;
    for (const { text, format } of cases) {
      const units = Math.round(parseNumber(text, format) * 10 ** format.decimals);
      assert.equal(formatNumber(units, format), text);
    }
  });

  it('takes only texts in the notation as numbers', () => {
    const notation = { decimalMark: '.', grouped: false } as const;
    for (const text of ['', ' ', '1,5', '1.5.', '0x10', '1e999', 'Infinity', '--1', '1 000', '٣'])
      assert.equal(parseNumber(text, notation), Number.NaN, text);
    assert.equal(parseNumber('+.5e-1', notation), 0.05);
  });

  it('restores times of each pattern to the character', () => {
    const cases = [
      ['YYYY-MM-DD hh:mm:ss', '2014-02-14 14:27:00'],
      ['YYYY-MM-DDThh:mm:ss.fffZ', '1969-12-31T23:59:59.007Z'],
      ['DD/MM/YYYY', '29/02/2000'],
      ['M/D/YYYY h:mm', '1/31/0099 7:05'],
      ['hh.mm.ss', '18.00.00'],
    ] as const;
    for (const [pattern, text] of cases) {
      const compiled = timePattern(pattern);
      assert.ok(compiled, pattern);
      const units = compiled.parse(text);
      assert.ok(Number.isSafeInteger(units), `${text}: ${units}`);
      assert.equal(compiled.format(units), text);
    }
    assert.equal(timePattern('YYYY-MM-DD')!.parse('2023-02-29'), Number.NaN);
  });
});
