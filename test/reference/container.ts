// A reader of compressed data and a decoder of the plain mode, written from docs/format.md: slow and obvious. They share no
// code with the package.

import { crc32c } from './crc32c.ts';
import { decode } from './rans.ts';

export interface Block {
  readonly first: number;
  readonly rows: number;
  readonly bound: number;
  readonly payload: Uint8Array;
}

export interface Container {
  readonly version: number;
  readonly mode: number;
  readonly guarantee: number;
  readonly digest: number;
  readonly target: number;
  readonly shape: readonly number[];
  readonly blocks: readonly Block[];
  readonly maxError: number;
  readonly meanSquaredError: number;
}

function must(condition: boolean, part: string): void {
  if (!condition) throw new Error(`not as docs/format.md specifies: ${part}`);
}

export function readContainer(bytes: Uint8Array): Container {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const checkCrc = (from: number, to: number): void =>
    must(view.getUint32(to, true) === crc32c(bytes.subarray(from, to)), `a checksum at ${to}`);
  must([0x89, 0x49, 0x53, 0x54].every((byte, i) => bytes[i] === byte) && [1, 2].includes(bytes[4]!), 'the first bytes');
  const rank = bytes[7]!;
  checkCrc(0, 20 + 4 * rank);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(20 + 4 * i, true));
  const blocks: Block[] = [];
  let samples = 0;
  let at = 24 + 4 * rank;
  for (; view.getUint16(at, true) === 0xb10c; ) {
    checkCrc(at, at + 24);
    const [rows, first, size] = [
      view.getUint16(at + 2, true),
      view.getUint32(at + 4, true),
      view.getUint32(at + 8, true),
    ];
    must(first === samples, 'the number of a first sample');
    const payload = bytes.subarray(at + 28, at + 28 + size);
    must(view.getUint32(at + 20, true) === crc32c(payload), 'the checksum of a payload');
    blocks.push({ first, rows, bound: view.getFloat64(at + 12, true), payload });
    samples += rows;
    at += 28 + size;
  }
  must(view.getUint16(at, true) === 0xe0d5 && view.getUint16(at + 2, true) === 0, 'the end');
  checkCrc(at, at + 32);
  must(view.getUint32(at + 4, true) === blocks.length, 'the number of blocks');
  must(view.getBigUint64(at + 8, true) === BigInt(samples), 'the number of samples');
  must(bytes.length === at + 36, 'no bytes behind the end');
  return {
    version: bytes[4]!,
    mode: bytes[5]!,
    guarantee: bytes[6]!,
    digest: view.getUint32(8, true),
    target: view.getFloat64(12, true),
    shape,
    blocks,
    maxError: view.getFloat64(at + 16, true),
    meanSquaredError: view.getFloat64(at + 24, true),
  };
}

/** Tensors and metadata of a codec's file. */
export function readFile(file: Uint8Array) {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const start = 8 + Number(view.getBigUint64(0, true));
  const { __metadata__: metadata, ...tensors } = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
  const data = (name: string): Uint8Array =>
    file.subarray(start + tensors[name].data_offsets[0], start + tensors[name].data_offsets[1]);
  const text = new TextEncoder();
  const digest = crc32c([...file.subarray(start), ...text.encode(metadata.model), ...text.encode(metadata.codec)]);
  must(metadata.digest === digest.toString(16).padStart(8, '0'), 'the digest');
  return { metadata: metadata as Record<string, string>, tensors: Object.keys(tensors), data, digest };
}

interface Channel {
  readonly step: number;
  readonly shift: number;
  readonly low: number;
  readonly frequencies: readonly number[];
}

function varint(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  for (let i = 0; ; i++) {
    value += (bytes[from + i]! % 128) * 128 ** i;
    if (bytes[from + i]! < 128) return { value, next: from + i + 1 };
  }
}

export function readTables(bytes: Uint8Array): Channel[] {
  const channels: Channel[] = [];
  for (let at = 0; at < bytes.length; ) {
    const step = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(at, true);
    const [shift, count] = [bytes[at + 4]!, bytes[at + 5]!];
    const folded = varint(bytes, at + 6);
    at = folded.next;
    const frequencies = Array.from({ length: count }, () => {
      const { value, next } = varint(bytes, at);
      at = next;
      return value;
    });
    const low = folded.value % 2 ? -(folded.value + 1) / 2 : folded.value / 2;
    channels.push({
      step,
      shift,
      low,
      frequencies: [...frequencies, 2 ** 14 - frequencies.reduce((a, b) => a + b, 0)],
    });
  }
  return channels;
}

/** The code of a block: rows × positions × channels. */
export function plainCode({ payload, rows }: Block, channels: readonly Channel[], positions: number): Float32Array {
  const n = rows * positions;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const coders = Math.min(4, n);
  const states = Array.from({ length: 4 }, (_, i) => (i < coders ? view.getUint32(4 * i, true) : 2 ** 16));
  const words = Array.from({ length: Math.floor((payload.length - 4 * coders) / 2) }, (_, i) =>
    view.getUint16(4 * coders + 2 * i, true),
  );
  const tables = channels.map(({ frequencies }) => frequencies);
  const { symbols, states: last, rest } = decode({ states, words }, tables, n);
  must(
    last.every((state) => state === 2 ** 16),
    'the last states',
  );
  const bits = 4 * coders + 2 * (words.length - rest);
  let bit = 0;
  let at = bits + Math.ceil((n * channels.reduce((sum, { shift }) => sum + shift, 0)) / 8);
  const z = new Float32Array(n * channels.length);
  channels.forEach(({ step, shift, low, frequencies }, c) => {
    const count = frequencies.length - 1;
    for (let i = 0; i < n; i++) {
      let high = low + symbols[c]![i]!;
      if (symbols[c]![i] === count) {
        const { value, next } = varint(payload, at);
        at = next;
        high = value % 2 ? low - 1 - (value - 1) / 2 : low + count + value / 2;
      }
      let q = high * 2 ** shift;
      for (let b = 0; b < shift; b++, bit++) q += ((payload[bits + (bit >> 3)]! >> (bit & 7)) & 1) * 2 ** b;
      z[i * channels.length + c] = q * step;
    }
  });
  must(at === payload.length, 'the end of a payload');
  return z;
}
