// The format of a file, by its content and then by its name.

import { type DataFormat, dataFormats } from './format-names.ts';
import { readIdxHeader } from './idx.ts';
import { isJsonLines } from './json.ts';

/** Formats that only `inspect` and error messages know. */
export type OtherFormat =
  | 'compressed'
  | 'onnx'
  | 'hdf5'
  | 'keras'
  | 'pytorch'
  | 'zip'
  | 'pickle'
  | 'text'
  | 'empty'
  | 'unknown'
  | Foreign;

/** Formats that are named only. */
const foreignSignatures = {
  gif: { at: 0, text: 'GIF8' },
  webp: { at: 8, text: 'WEBP' },
  avif: { at: 4, text: 'ftypavif' },
  heic: { at: 4, text: 'ftyphei' },
  bmp: { at: 0, text: 'BM' },
  tiff: { at: 0, text: 'II*\0' },
  'tiff (big-endian)': { at: 0, text: 'MM\0*' },
  'jpeg-xl': { at: 4, text: 'JXL ' },
  flac: { at: 0, text: 'fLaC' },
  ogg: { at: 0, text: 'OggS' },
  mp3: { at: 0, text: 'ID3' },
  mp4: { at: 4, text: 'ftyp' },
  pdf: { at: 0, text: '%PDF' },
  xz: { at: 0, text: '\xfd7zXZ' },
  bzip2: { at: 0, text: 'BZh' },
  '7-zip': { at: 0, text: '7z\xbc\xaf' },
  sqlite: { at: 0, text: 'SQLite format 3' },
  arrow: { at: 0, text: 'ARROW1' },
  matlab: { at: 0, text: 'MATLAB 5.0' },
  webassembly: { at: 0, text: '\0asm' },
  elf: { at: 0, text: '\x7fELF' },
  'git lfs pointer': { at: 0, text: 'version https://git-lfs' },
  html: { at: 0, text: '<!DOCTYPE html' },
  'html page': { at: 0, text: '<html' },
} as const;

/** Signatures of formats of text. */
const textSignatures: ReadonlySet<string> = new Set(['git lfs pointer', 'html', 'html page', 'pdf']);

export type Foreign = keyof typeof foreignSignatures;

/** A format and where it was recognised. */
export type Format = DataFormat | OtherFormat;

const latin = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

/** Formats with a signature. */
function bySignature(bytes: Uint8Array): Format | undefined {
  const start = latin(bytes, 0, 16);
  if (start.startsWith('\x93NUMPY')) return 'npy';
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (/^(RIFF|RIFX|RF64)/.test(start) && start.slice(8, 12) === 'WAVE') return 'wav';
  if (start.startsWith('PAR1')) return 'parquet';
  if (start.startsWith('\x89HDF\r\n')) return 'hdf5';
  if (start.startsWith('\x89IST')) return 'compressed';
  if (start.startsWith('PK\x03\x04')) return zipKind(bytes);
  if (start[8] === '{' && start.slice(5, 8) === '\0\0\0') return 'safetensors';
  if (start[0] === '\x80' && start.charCodeAt(1) <= 5) return 'pickle';
  const isTextFile = isText(bytes);
  // A table may begin with "BMI" or "ID3".
  for (const [name, { at, text }] of Object.entries(foreignSignatures))
    if (latin(bytes, at, at + text.length) === text && (!isTextFile || textSignatures.has(name)))
      return name as Foreign;
  return readIdxHeader(bytes) ? 'idx' : undefined;
}

/** The kind of a zip archive, by the names of its files, which stand uncompressed in the archive. */
function zipKind(bytes: Uint8Array): Format {
  const names = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = latin(bytes, 30, 30 + (bytes[26] ?? 0));
  if (first.endsWith('.npy')) return 'npz';
  if (names.includes('model.weights.h5')) return 'keras';
  if (names.includes('/data.pkl') || first.endsWith('data.pkl')) return 'pytorch';
  return names.includes('.npy') ? 'npz' : 'zip';
}

/** Whether the bytes are text: UTF-8 or Latin-1 without control characters, or UTF-16 with a byte-order mark. */
export function isText(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  const sample = bytes.subarray(0, 65536);
  const controls = sample.reduce((sum, byte) => sum + (byte < 32 && (byte < 9 || byte > 13) ? 1 : 0), 0);
  return controls === 0;
}

/** An ONNX file begins with its IR version, a small number in field 1, and another field. */
const looksLikeOnnx = (bytes: Uint8Array): boolean =>
  bytes[0] === 8 && bytes[1]! > 0 && bytes[1]! < 20 && [0x12, 0x1a, 0x22, 0x2a, 0x32, 0x3a, 0x42].includes(bytes[2]!);

const tableNames = /\.(csv|tsv|tab|txt|dat)$/i;

/** The format of text. */
function textFormat(bytes: Uint8Array, name: string): Format {
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, 65536)).trimStart();
  if (/\.(jsonl|ndjson)$/i.test(name)) return 'jsonl';
  if (text.startsWith('{') || (text.startsWith('[') && !tableNames.test(name)))
    return isJsonLines(text) ? 'jsonl' : 'json';
  if (tableNames.test(name)) return 'csv';
  // Without a name for a table: the first lines have the same number of separators.
  const lines = text
    .split('\n')
    .slice(0, 20)
    .filter((line) => line.trim());
  const separated = [',', ';', '\t', '|'].some((separator) => {
    const counts = lines.map((line) => line.split(separator).length);
    return counts[0]! > 1 && counts.slice(0, -1).every((count) => count === counts[0]);
  });
  return separated && lines.length > 1 ? 'csv' : 'text';
}

/** The format of a file. `name`: its name without `.gz`; it decides only between formats of text. */
export function detectFormat(bytes: Uint8Array, name: string): Format {
  if (bytes.length === 0) return 'empty';
  const format = bySignature(bytes);
  if (format) return format;
  if (isText(bytes)) return textFormat(bytes, name);
  return looksLikeOnnx(bytes) ? 'onnx' : 'unknown';
}

/** The format that the name of a file promises. */
export function formatOfName(name: string): Format | undefined {
  const extension = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const formats: Readonly<Record<string, Format>> = {
    jpg: 'jpeg',
    jpe: 'jpeg',
    tsv: 'csv',
    txt: 'csv',
    ndjson: 'jsonl',
    wave: 'wav',
    pq: 'parquet',
    ubyte: 'idx',
    h5: 'hdf5',
    pt: 'pytorch',
    pth: 'pytorch',
    onnx: 'onnx',
    keras: 'keras',
  };
  return formats[extension] ?? dataFormats.find((format) => format === extension);
}
