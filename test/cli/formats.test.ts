// The readers and writers of formats, on values that are known.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import wavefile from 'wavefile';
import { float32Text, readCsv, writeCsv } from '../../cli/formats/csv.ts';
import { detectFormat } from '../../cli/formats/detect.ts';
import { readIdx } from '../../cli/formats/idx.ts';
import { readJpeg, writeJpeg } from '../../cli/formats/jpeg.ts';
import { readJson, readJsonLines } from '../../cli/formats/json.ts';
import { readNpy, writeNpy } from '../../cli/formats/npy.ts';
import { turnUpright } from '../../cli/formats/orientation.ts';
import { readParquet } from '../../cli/formats/parquet.ts';
import { readPng, writePng } from '../../cli/formats/png.ts';
import { readWav, writeWav } from '../../cli/formats/wav.ts';
import { cropAndResize } from '../../jobs/pictures.ts';
import { barPictures, npyBytes } from './data.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('.npy', () => {
  const expected = [0, 1, 2, 250, 4, 100];
  const types: Readonly<Record<string, ArrayBufferView>> = {
    '<f8': Float64Array.from(expected),
    '<f4': Float32Array.from(expected),
    '|u1': Uint8Array.from(expected),
    '<i2': Int16Array.from(expected),
    '<u2': Uint16Array.from(expected),
    '<i4': Int32Array.from(expected),
    '<u4': Uint32Array.from(expected),
    '<i8': BigInt64Array.from(expected, BigInt),
    '<u8': BigUint64Array.from(expected, BigInt),
    // 0, 1, 2, 250, 4, 100 as binary16
    '<f2': Uint16Array.of(0, 0x3c00, 0x4000, 0x5bd0, 0x4400, 0x5640),
  };
  for (const [descr, data] of Object.entries(types))
    it(`has the type ${descr} in both byte orders`, () => {
      const little = readNpy(npyBytes(descr, [2, 3], data));
      assert.deepEqual([little.shape, Array.from(little.data as Float32Array, Number)], [[2, 3], expected]);
      const swapped = Buffer.from(data.buffer.slice(0) as ArrayBuffer);
      const size = Number(descr[2]);
      if (size === 2) swapped.swap16();
      if (size === 4) swapped.swap32();
      if (size === 8) swapped.swap64();
      const big = readNpy(npyBytes(descr.replace('<', '>'), [2, 3], swapped));
      assert.deepEqual(Array.from(big.data as Float32Array, Number), expected);
    });

  it('is transposed from the order of Fortran', () => {
    const { data } = readNpy(npyBytes('<f8', [2, 3], Float64Array.of(1, 4, 2, 5, 3, 6), true));
    assert.deepEqual([...(data as Float64Array)], [1, 2, 3, 4, 5, 6]);
  });

  it('is written so that it is read again, aligned to 64 bytes', () => {
    const bytes = writeNpy(Float32Array.of(1, 2, 3), [3]);
    assert.equal((bytes.length - 12) % 64, 0);
    assert.deepEqual(readNpy(bytes).shape, [3]);
  });
});

/** A PNG of raw rows, each with a filter byte. */
function rawPng(
  header: { width: number; height: number; depth: number; type: number },
  raw: Uint8Array,
  palette?: number[],
): Buffer {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(header.width);
  ihdr.writeUInt32BE(header.height, 4);
  ihdr[8] = header.depth;
  ihdr[9] = header.type;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk('IHDR', ihdr),
    // A profile that is compressed to nothing readable: readers of pixels skip it.
    chunk('iCCP', Buffer.from('x\0\0damaged')),
    ...(palette ? [chunk('PLTE', Uint8Array.from(palette))] : []),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', new Uint8Array()),
  ]);
}

describe('PNG', () => {
  it('has 1, 2, 3 and 4 channels of 8 and 16 bits', () => {
    for (const channels of [1, 2, 3, 4] as const)
      for (const depth of [8, 16] as const) {
        const values = Array.from({ length: 15 * channels }, (_, i) => (i * 17) % (depth === 8 ? 256 : 65536));
        const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
        const picture = readPng(writePng({ width: 5, height: 3, channels, depth, data }));
        assert.deepEqual([picture.channels, picture.depth, [...picture.data]], [channels, depth, values]);
      }
  });

  it('of 1, 2 and 4 bits of gray becomes bytes', () => {
    const one = readPng(rawPng({ width: 10, height: 1, depth: 1, type: 0 }, Uint8Array.of(0, 0b10110010, 0b01000000)));
    assert.deepEqual([...one.data], [255, 0, 255, 255, 0, 0, 255, 0, 0, 255]);
    const four = readPng(rawPng({ width: 3, height: 1, depth: 4, type: 0 }, Uint8Array.of(0, 0x0f, 0x50)));
    assert.deepEqual([...four.data], [0, 255, 85]);
  });

  it('with a palette becomes RGB', () => {
    const palette = [255, 0, 0, 0, 255, 0];
    const { channels, data } = readPng(
      rawPng({ width: 2, height: 1, depth: 8, type: 3 }, Uint8Array.of(0, 1, 0), palette),
    );
    assert.deepEqual([channels, [...data]], [3, [0, 255, 0, 255, 0, 0]]);
    const wrong = rawPng({ width: 2, height: 1, depth: 8, type: 3 }, Uint8Array.of(0, 7, 0), palette);
    assert.throws(() => readPng(wrong), /PNG picture is damaged/);
  });
});

describe('JPEG', () => {
  const data = Uint8Array.from({ length: 24 * 16 * 3 }, (_, i) => (Math.floor(i / 3) % 24) * 10);
  const bytes = writeJpeg({ width: 24, height: 16, channels: 3, depth: 8, data }, 95);

  it('is read as RGB', () => {
    const picture = readJpeg(bytes);
    assert.deepEqual([picture.width, picture.height, picture.channels], [24, 16, 3]);
    const worst = Math.max(...Array.from(picture.data, (value, i) => Math.abs(value - data[i]!)));
    assert.ok(worst < 12, `${worst}`);
  });

  it('is turned upright by its EXIF orientation', () => {
    // An APP1 segment with one entry: orientation 6, the first row is at the right.
    const tiff = '4949 2a00 0800 0000 0100 1201 0300 0100 0000 0600 0000 0000 0000';
    const exif = Buffer.concat([Buffer.from('Exif\0\0'), Buffer.from(tiff.replaceAll(' ', ''), 'hex')]);
    const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, exif.length + 2]), exif]);
    const turned = readJpeg(Buffer.concat([bytes.subarray(0, 2), segment, bytes.subarray(2)]));
    assert.deepEqual([turned.width, turned.height], [16, 24]);
    // The left column, which is dark, becomes the first row.
    assert.ok(turned.data[0]! < 20 && turned.data.at(-1)! > 200);
  });

  it('has each of the eight orientations', () => {
    const letters = { width: 2, height: 3, channels: 1 as const, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const expected: Readonly<Record<number, number[]>> = {
      1: [1, 2, 3, 4, 5, 6],
      2: [2, 1, 4, 3, 6, 5],
      3: [6, 5, 4, 3, 2, 1],
      4: [5, 6, 3, 4, 1, 2],
      5: [1, 3, 5, 2, 4, 6],
      6: [5, 3, 1, 6, 4, 2],
      7: [6, 4, 2, 5, 3, 1],
      8: [2, 4, 6, 1, 3, 5],
    };
    for (const [orientation, values] of Object.entries(expected))
      assert.deepEqual([...turnUpright(letters, Number(orientation)).data], values, orientation);
  });

  it('of gray is read as gray or as RGB', () => {
    const pixels = new Uint8Array(8 * 8 * 4).fill(128);
    const { channels } = readJpeg(jpeg.encode({ width: 8, height: 8, data: pixels }, 90).data);
    assert.ok(channels === 1 || channels === 3);
  });
});

describe('WAV', () => {
  it('has 8, 16, 24 and 32 bits and floats, with one and two channels', () => {
    for (const sampleType of ['8', '16', '24', '32', '32f', '64'] as const)
      for (const channels of [1, 2]) {
        const data = Float32Array.from({ length: 200 }, (_, i) => Math.sin(i / 9) * 0.9);
        const recording = readWav(writeWav({ rate: 8000, channels, sampleType, data }));
        assert.deepEqual([recording.rate, recording.channels, recording.sampleType], [8000, channels, sampleType]);
        const step = sampleType === '8' ? 1 / 128 : 1 / 32768;
        for (const [i, value] of recording.data.entries()) assert.ok(Math.abs(value - data[i]!) <= step, sampleType);
      }
  });

  it('of the codings of telephones is read', () => {
    const file = new wavefile.WaveFile();
    file.fromScratch(
      1,
      8000,
      '16',
      Int16Array.from({ length: 100 }, (_, i) => 10_000 * Math.sin(i / 5)),
    );
    file.toMuLaw();
    const { data } = readWav(file.toBuffer());
    assert.ok(Math.abs(data[8]! - (10_000 * Math.sin(8 / 5)) / 32768) < 0.01);
  });

  it('from a pipe, which does not state its length, is read to its end', () => {
    const bytes = Buffer.from(
      writeWav({ rate: 8000, channels: 1, sampleType: '16', data: new Float32Array(50).fill(0.5) }),
    );
    bytes.writeUInt32LE(0xffffffff, 40);
    assert.equal(readWav(bytes).data.length, 50);
  });
});

describe('tables', () => {
  it('of JSON have the columns of all objects, and NaN for missing numbers', () => {
    const table = readJson('[{"a":1,"b":"x"},{"a":null,"c":true},{"c":2}]');
    assert.ok(table.kind === 'table');
    assert.deepEqual(
      table.columns.map(({ name }) => name),
      ['a', 'b', 'c'],
    );
    assert.deepEqual([...table.columns[0]!.numbers!], [1, Number.NaN, Number.NaN]);
    assert.deepEqual(readJsonLines('{"a":1}\n\n{"a":2}\n'), readJson('{"a":[1,2]}'));
  });

  it('of Parquet have numbers, times and texts', async () => {
    const bytes = readFileSync(new URL('../vectors/parquet/readings.parquet', import.meta.url));
    const { rowCount, columns } = await readParquet(bytes);
    assert.equal(rowCount, 60);
    const [time, count, level, place] = columns;
    assert.equal(time!.times![1], Date.UTC(2026, 0, 1, 0, 1));
    assert.deepEqual([count!.numbers![9], level!.numbers![7], place!.texts![1]], [81, Number.NaN, 'Åre']);
  });

  it('of numbers between blanks have one column for each number', () => {
    const { columns, rowCount } = readCsv(bytesOf('  1.0e+00  -2\n 3 4\n5\t6\n'));
    assert.deepEqual(
      [rowCount, columns.map(({ numbers }) => [...numbers!])],
      [
        3,
        [
          [1, 3, 5],
          [-2, 4, 6],
        ],
      ],
    );
  });

  it('are written with as many digits as float32 needs', () => {
    const values = [0.1, 1 / 3, 16777217, 3.4e38, 1e-40, -0.30000001].map(Math.fround);
    for (const value of values) assert.equal(Math.fround(Number(float32Text(value))), value);
    assert.equal(float32Text(Math.fround(0.1)), '0.1');
    assert.equal(writeCsv(['a,b', 'c'], [1, 2]), '"a,b",c\n1,2\n');
  });
});

describe('formats', () => {
  it('are recognised by content', () => {
    const cases: Readonly<Record<string, Uint8Array>> = {
      idx: barPictures(2),
      csv: bytesOf('a;b\n1;2\n3;4\n'),
      json: bytesOf(' [1, 2]'),
      jsonl: bytesOf('{"a":1}\n{"a":2}\n'),
      text: bytesOf('hello'),
      empty: new Uint8Array(),
      html: bytesOf('<!DOCTYPE html><p>'),
      pickle: Uint8Array.of(0x80, 4, 0x95, 0),
      gif: bytesOf('GIF89a\0\0'),
      unknown: Uint8Array.of(1, 2, 3, 0, 0, 7),
    };
    for (const [format, bytes] of Object.entries(cases)) assert.equal(detectFormat(bytes, 'data'), format);
    // A table whose first column is called BMI is no bitmap.
    assert.equal(detectFormat(bytesOf('BMI,age\n1,2\n3,4\n'), 'x.csv'), 'csv');
  });

  it('IDX has big-endian numbers', () => {
    const header = Buffer.from([0, 0, 12, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff]);
    assert.deepEqual([...(readIdx(header).data as Int32Array)], [256, -1]);
  });
});

describe('pictures that are resized', () => {
  it('keep the mean of the area that a pixel covers', () => {
    const data = Uint8Array.of(0, 100, 200, 40, 10, 90, 60, 20);
    assert.deepEqual([...cropAndResize({ width: 4, height: 2, channels: 1, data }, 2, 1)], [50, 80]);
  });

  it('are cropped around their middle', () => {
    const data = Uint8Array.of(9, 1, 2, 9, 9, 3, 4, 9);
    assert.deepEqual([...cropAndResize({ width: 4, height: 2, channels: 1, data }, 2, 2)], [1, 2, 3, 4]);
  });

  it('that grow keep their values', () => {
    const data = Uint8Array.of(10, 20);
    assert.deepEqual(
      [...cropAndResize({ width: 2, height: 1, channels: 1, data }, 4, 2)],
      [10, 10, 20, 20, 10, 10, 20, 20],
    );
  });
});

it('fast-png and the writer give the same bytes', () => {
  const picture = { width: 2, height: 2, channels: 1 as const, depth: 8 as const, data: Uint8Array.of(1, 2, 3, 4) };
  assert.deepEqual(writePng(picture), encodePng(picture));
});
