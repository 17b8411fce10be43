// Files that no command can read, with the message that `isthmus train FILE` prints.

import { readFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import wavefile from 'wavefile';
import { npyBytes, tableText } from './data.ts';

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

/** An array of 50 samples of 4 numbers, which can be read. */
export const array = npyBytes(
  '<f8',
  [50, 4],
  Float64Array.from({ length: 200 }, (_, i) => Math.sin(i)),
);
const picture = Buffer.from(encodePng({ width: 32, height: 32, channels: 3, data: new Uint8Array(3072).fill(7) }));
const cue = Buffer.from('cue \x04\0\0\0\xff\xff\xff\xff', 'latin1');

/** Files, and the message of `isthmus train FILE`. */
export const files: Readonly<Record<string, { readonly content: string | Uint8Array; readonly message: RegExp }>> = {
  'text.png': {
    content: 'this is text\n',
    message: /the name promises png, but the content is text that begins with "this is text"/,
  },
  'table.png': { content: 'a,b\n1,2\n3,4\n', message: /the name promises png, but the content is text/ },
  'empty.csv': { content: '', message: /the file is empty/ },
  'empty.png': { content: '', message: /the file is empty/ },
  'truncated.png': { content: picture.subarray(0, 60), message: /PNG picture is truncated/ },
  'short.png': { content: pngStating(32, 32, new Uint8Array(100)), message: /PNG picture is truncated/ },
  'bomb.png': { content: pngStating(32, 32, new Uint8Array(1e8)), message: /more pixels than the header states/ },
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
    message: /WAV recording is truncated: the file has 456 of 2000 bytes/,
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
  'truncated.npy': { content: array.subarray(0, 200), message: /damaged: the file has \d+ of 1600 bytes of numbers/ },
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
  'picture.gif': { content: 'GIF89a\0\0\0\0', message: /convert the file to PNG or JPEG/ },
  'page.csv': { content: '<!DOCTYPE html><html></html>', message: /the file is a web page: check the download/ },
  'pointer.npz': { content: 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n', message: /git lfs pull/ },
};
