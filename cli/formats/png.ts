// Reads and writes PNG pictures by fast-png.

import { inflateSync } from 'node:zlib';
import { convertIndexedToRgb, decode, encode } from 'fast-png';
import type { PictureData } from '../../jobs/dataset.ts';
import { Failure } from '../errors.ts';
import { checkPixels, MAXIMUM_MEGAPIXELS } from './limits.ts';

const SIGNATURE_BYTES = 8;
const truncated = () => new Failure('the PNG picture is truncated');
const damaged = (what: string) => new Failure(`the PNG picture is damaged: ${what}`);

/** The chunks that carry pixels. Others, such as profiles and texts, can be damaged or compressed to any size. */
const pixelChunks = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The chunks of a PNG picture. Errors: Failure for a picture that is truncated. */
export function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let start = SIGNATURE_BYTES;
  while (chunks.at(-1)?.type !== 'IEND') {
    if (start + 12 > bytes.length) throw truncated();
    const end = start + 12 + view.getUint32(start);
    if (end > bytes.length) throw truncated();
    chunks.push({ type: String.fromCharCode(...bytes.subarray(start + 4, start + 8)), start, end });
    start = end;
  }
  return chunks;
}

/** The header of a PNG picture. */
export function readPngHeader(bytes: Uint8Array) {
  if (bytes.length < 33) throw truncated();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channelsOfType: Readonly<Record<number, 1 | 2 | 3 | 4>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
  const colorType = bytes[25]!;
  const channels = channelsOfType[colorType];
  const header = { width: view.getUint32(16), height: view.getUint32(20), depth: bytes[24]!, channels, colorType };
  if (!channels || ![1, 2, 4, 8, 16].includes(header.depth) || header.width === 0 || header.height === 0)
    throw damaged('its header cannot be read');
  return { ...header, channels, interlaced: bytes[28] === 1 };
}

/** Bytes of the rows before compression: each row has one byte more, its filter. */
function rowBytes({ width, height, depth, channels, interlaced }: ReturnType<typeof readPngHeader>): number {
  const bytesOf = (columns: number, rows: number): number =>
    columns && rows ? rows * (1 + Math.ceil((columns * depth * channels) / 8)) : 0;
  if (!interlaced) return bytesOf(width, height);
  // The seven passes of Adam7: first column, first row, and the steps between them.
  const passes = ['0088', '4088', '0448', '2044', '0224', '1022', '0112'];
  return passes.reduce((sum, pass) => {
    const [x, y, stepX, stepY] = Array.from(pass, Number) as [number, number, number, number];
    return sum + bytesOf(Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY));
  }, 0);
}

/** Errors: Failure where the compressed rows are not exactly those of the header's size. */
function checkRows(data: Uint8Array, expected: number): void {
  let rows: Uint8Array;
  try {
    rows = inflateSync(data, { maxOutputLength: expected });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw truncated();
    throw damaged(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? 'the file has more pixels than the header states'
        : 'the pixels cannot be decompressed',
    );
  }
  if (rows.length < expected) throw truncated();
}

/** The colors of a picture with a palette. Errors: Failure for a pixel whose color the palette does not have. */
function toRgb(picture: ReturnType<typeof decode>): Uint8Array {
  try {
    return convertIndexedToRgb(picture);
  } catch {
    throw damaged('a pixel has a color that its palette does not have');
  }
}

/** Samples of 1, 2 and 4 bits of gray to bytes. */
function expandGray(data: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const result = new Uint8Array(width * height);
  const rowLength = Math.ceil((width * depth) / 8);
  const maximum = 2 ** depth - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = data[y * rowLength + ((x * depth) >> 3)]!;
      const value = (byte >> (8 - depth - ((x * depth) & 7))) & maximum;
      result[y * width + x] = (value * 255) / maximum;
    }
  }
  return result;
}

/**
 * A picture. Palettes become RGB, or RGB and alpha; 1, 2 and 4 bits become 8. Errors: Failure for bytes that are damaged or
 * truncated, and for more pixels than the limit; both before memory is allocated for the pixels.
 */
export function readPng(bytes: Uint8Array, maximumMegapixels = MAXIMUM_MEGAPIXELS): PictureData {
  const header = readPngHeader(bytes);
  const { width, height } = header;
  checkPixels(width, height, maximumMegapixels);
  const chunks = chunksOf(bytes).filter(({ type }) => pixelChunks.has(type));
  const data = chunks.filter(({ type }) => type === 'IDAT').map(({ start, end }) => bytes.subarray(start + 8, end - 4));
  checkRows(Buffer.concat(data), rowBytes(header));
  const parts = chunks.map(({ start, end }) => bytes.subarray(start, end));
  let picture: ReturnType<typeof decode>;
  try {
    picture = decode(Buffer.concat([bytes.subarray(0, SIGNATURE_BYTES), ...parts]), { checkCrc: true });
  } catch (error) {
    throw damaged((error as Error).message);
  }
  if (picture.palette) {
    const channels = picture.palette[0]?.length === 4 ? 4 : 3;
    return { kind: 'picture', width, height, channels, depth: 8, data: toRgb(picture) };
  }
  const depth = picture.depth === 16 ? 16 : 8;
  const pixels =
    picture.depth < 8 ? expandGray(picture.data as Uint8Array, width, height, picture.depth) : picture.data;
  return { kind: 'picture', width, height, channels: header.channels, depth, data: pixels as Uint8Array };
}

/** The bytes of a PNG picture. */
export const writePng = ({ width, height, channels, depth, data }: Omit<PictureData, 'kind'>): Uint8Array =>
  encode({ width, height, channels, depth, data });
