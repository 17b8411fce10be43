// The speed of the entropy coder alone, and of the quantized compression of digits from pixels to bytes.

import { readFileSync } from 'node:fs';
import { autoencoder, createCodec, dense } from 'isthmus';
import { storeTables, tableBytes } from '../src/codec/modes/quantized/memory.ts';
import type { ChannelTable } from '../src/codec/modes/quantized/tables.ts';
import type { CodecKernels } from '../src/wasm/kernels.gen.ts';
import { linearCongruential } from '../tools/linear-congruential.ts';
import { pixels } from './workloads.ts';

/** The fastest of turns of some milliseconds: slower ones waited for other processes. */
const fastest = (list: readonly number[]): number => Math.max(...list);

export interface RansRow {
  readonly title: string;
  /** Bits of a symbol. */
  readonly bits: number;
  /** Megabytes of symbols a second. */
  readonly coding: number;
  readonly decoding: number;
}

/** A table whose frequencies fall off to both sides, with an escape symbol at the end. */
function table(count: number, width: number): ChannelTable {
  const weights = Array.from({ length: count }, (_, s) => Math.exp(-Math.abs(s - count / 2) / width));
  const sum = weights.reduce((total, w) => total + w, 0);
  const frequencies = weights.map((w) => 1 + Math.floor((w / sum) * (2 ** 14 - count - 1)));
  const escapeFrequency = 2 ** 14 - frequencies.reduce((total, f) => total + f, 0);
  return { step: 1, shift: 0, low: 0, frequencies: [...frequencies, escapeFrequency] };
}

/** Encodes and decodes `n` symbols in each channel, drawn with the frequencies of its table. */
function rate(title: string, tables: readonly ChannelTable[], n: number, rounds: number): RansRow {
  const memory = new WebAssembly.Memory({ initial: 1024 });
  const module = new WebAssembly.Module(readFileSync(new URL('../dist/wasm/codec.strict.wasm', import.meta.url)));
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as CodecKernels;
  const [at, states] = [1024, 512];
  storeTables(memory.buffer, at, tables);
  const symbols = Math.ceil((at + tableBytes(tables)) / 16) * 16;
  const count = tables.length * n;
  const back = symbols + count + 16;
  const end = back + count + 16 + 2 * count;
  const bytes = new Uint8Array(memory.buffer);
  const next = linearCongruential(1);
  tables.forEach(({ frequencies }, c) => {
    const slots = frequencies.flatMap((f, s) => new Array<number>(f).fill(s));
    for (let i = 0; i < n; i++) {
      bytes[symbols + c * n + i] = slots[next() >>> 18]!;
    }
  });
  const coding: number[] = [];
  const decoding: number[] = [];
  let start = end;
  const times = Math.ceil(5e5 / count);
  for (let round = -50; round < 10 * rounds; round++) {
    const begin = performance.now();
    for (let i = 0; i < times; i++) {
      new Uint32Array(memory.buffer, states, 4).fill(2 ** 16);
      start = kernels.ransEncode(end, symbols, n, tables.length, at, states);
    }
    const between = performance.now();
    const last = new Uint32Array(memory.buffer, states, 4).slice();
    for (let i = 0; i < times; i++) {
      new Uint32Array(memory.buffer, states, 4).set(last);
      if (kernels.ransDecode(back, n, tables.length, at, states, start, end) !== end)
        throw new Error('words are wrong');
    }
    const over = performance.now();
    if (round < 0) continue;
    coding.push((count * times) / (between - begin) / 1e3);
    decoding.push((count * times) / (over - between) / 1e3);
  }
  for (let i = 0; i < count; i++) if (bytes[back + i] !== bytes[symbols + i]) throw new Error('symbols are wrong');
  return { title, bits: (8 * (end - start)) / count, coding: fastest(coding), decoding: fastest(decoding) };
}

export function rans(rounds: number): RansRow[] {
  const same = (count: number, width: number) => Array.from({ length: 64 }, () => table(count, width));
  return [
    rate('64 channels × 256, 12 symbols', same(12, 2), 256, rounds),
    rate('64 channels × 256, 30 symbols', same(30, 4), 256, rounds),
    rate('64 channels × 4096, 12 symbols', same(12, 2), 4096, rounds),
    rate('64 channels × 4096, 255 symbols', same(255, 40), 4096, rounds),
  ];
}

export interface CodecRow {
  /** Digits a second. */
  readonly compress: number;
  readonly decompress: number;
  /** Bytes of the codec's file. */
  readonly file: number;
}

/** Compresses pixels with 784-64-784 in batches of 256, and decompresses them to floats. */
export async function codec(rounds: number): Promise<CodecRow> {
  const model = await autoencoder(
    {
      input: [784],
      encoder: [dense({ units: 64, activation: 'relu' })],
      decoder: [dense({ units: 784, activation: 'sigmoid' })],
    },
    { seed: 1 },
  );
  const x = Uint8Array.from(pixels(256), (value) => value * 255);
  const quantized = await createCodec(model, x, { step: 0.1, dtype: 'int8' });
  const compress: number[] = [];
  const decompress: number[] = [];
  for (let round = -50; round < 10 * rounds; round++) {
    const begin = performance.now();
    let bytes = quantized.compress(x);
    for (let i = 1; i < 2; i++) bytes = quantized.compress(x);
    const between = performance.now();
    for (let i = 0; i < 2; i++) quantized.decompress(bytes);
    if (round < 0) continue;
    compress.push((2 * 256 * 1e3) / (between - begin));
    decompress.push((2 * 256 * 1e3) / (performance.now() - between));
  }
  return { compress: fastest(compress), decompress: fastest(decompress), file: quantized.save().length };
}
