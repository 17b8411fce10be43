// Arrays, recordings and pictures for the tests of `--code`.

import { encode } from 'fast-png';
import wavefile from 'wavefile';
import { normalNumbers } from '../../tools/random.ts';

/** The bytes of an array of NumPy. */
export function npy(descr: string, shape: readonly number[], numbers: NodeJS.TypedArray): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117) + '\n';
  const bytes = Buffer.from(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  if (descr.startsWith('>')) bytes[`swap${8 * Number(descr[2])}` as 'swap16']();
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(header), bytes]);
}

const normal = normalNumbers(3);
const wave = (count: number, scale: number, noise: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => scale * Math.sin(i / 40) + noise * normal());
const whole = (values: Float64Array): Float64Array => values.map(Math.round);

function wav(bits: string, channels: number): Uint8Array {
  const file = new wavefile.WaveFile();
  const amplitude = bits === '32f' ? 0.5 : 2 ** (Number(bits) - 3);
  const samples = Array.from({ length: channels }, () => {
    const values = wave(3000, amplitude, amplitude / 100);
    return bits === '32f' ? values : whole(values).map((value) => value + (bits === '8' ? 128 : 0));
  });
  file.fromScratch(channels, 8000, bits, channels === 1 ? samples[0]! : samples);
  return file.toBuffer();
}

function png(channels: 1 | 2 | 3 | 4, depth: 8 | 16): Uint8Array {
  const [width, height] = [40, 30];
  const largest = 2 ** depth - 1;
  const levels = Array.from({ length: width * height * channels }, (_, i) =>
    Math.min(largest, Math.max(0, Math.round(largest * (0.5 + 0.5 * Math.sin(i / 90)) + 2 * normal()))),
  );
  const data = depth === 8 ? Uint8Array.from(levels) : Uint16Array.from(levels);
  return encode({ width, height, channels, depth, data });
}

/** A program, and the numbers that it must print: how many, and the largest error that is allowed. */
export interface Case {
  readonly name: string;
  readonly content: Uint8Array;
  readonly args: readonly string[];
  readonly count: number;
  readonly bound: number;
}

const noise = wave(1200, 0, 1e6);
export const cases: readonly Case[] = [
  {
    name: 'f4.npy',
    content: npy('<f4', [300, 4], Float32Array.from(wave(1200, 5, 0.1))),
    args: ['-e', '0.01'],
    count: 1200,
    bound: 0.01,
  },
  { name: 'exact.npy', content: npy('<f4', [1200], Float32Array.from(noise)), args: [], count: 4800, bound: 0 },
  { name: 'f8.npy', content: npy('<f8', [1200], wave(1200, 5, 0.1)), args: ['-e', '0.001'], count: 1200, bound: 0.001 },
  { name: 'fine.npy', content: npy('<f8', [1200], wave(1200, 5, 0.1)), args: ['-e', '1e-12'], count: 9600, bound: 0 },
  {
    name: 'big.npy',
    content: npy('>f4', [10, 20, 6], Float32Array.from(wave(1200, 5, 0.1))),
    args: ['--relative-error', '0.01'],
    count: 1200,
    bound: 0.12,
  },
  {
    name: 'i1.npy',
    content: npy('|i1', [1200], Int8Array.from(wave(1200, 126, 0))),
    args: ['-e', '3'],
    count: 1200,
    bound: 3,
  },
  {
    name: 'u1.npy',
    content: npy(
      '|u1',
      [1200],
      Uint8Array.from(wave(1200, 60, 1), (v) => v + 128),
    ),
    args: ['-e', '2'],
    count: 1200,
    bound: 2,
  },
  {
    name: 'i2.npy',
    content: npy('>i2', [400, 3], Int16Array.from(wave(1200, 20000, 9))),
    args: [],
    count: 1200,
    bound: 0,
  },
  {
    name: 'u2.npy',
    content: npy(
      '<u2',
      [1200],
      Uint16Array.from(wave(1200, 20000, 9), (v) => v + 30000),
    ),
    args: ['-e', '5'],
    count: 1200,
    bound: 5,
  },
  {
    name: 'i4.npy',
    content: npy(
      '<i4',
      [1200],
      Int32Array.from({ length: 1200 }, (_, i) => 2e9 - i * i),
    ),
    args: [],
    count: 4800,
    bound: 0,
  },
  {
    name: 'i8.npy',
    content: npy('<i8', [1200], BigInt64Array.from(whole(wave(1200, 9000, 9)), BigInt)),
    args: ['-e', '1'],
    count: 1200,
    bound: 1,
  },
  {
    name: 'large.npy',
    content: npy(
      '<i8',
      [1200],
      BigInt64Array.from({ length: 1200 }, (_, i) => 10n ** 14n - BigInt(i * i) * 9n),
    ),
    args: [],
    count: 9600,
    bound: 0,
  },
  { name: 's8.wav', content: wav('8', 1), args: [], count: 3000, bound: 0 },
  { name: 's16.wav', content: wav('16', 2), args: [], count: 6000, bound: 0 },
  { name: 'bound.wav', content: wav('16', 2), args: ['-e', '20'], count: 6000, bound: 20 },
  { name: 's24.wav', content: wav('24', 1), args: ['-e', '100'], count: 3000, bound: 100 },
  { name: 'float.wav', content: wav('32f', 1), args: ['-e', '0.001'], count: 3000, bound: 0.001 },
  { name: 'rgb.png', content: png(3, 8), args: [], count: 3600, bound: 0 },
  { name: 'gray.png', content: png(1, 8), args: ['-e', '2'], count: 1200, bound: 2 },
  { name: 'alpha.png', content: png(4, 8), args: ['-e', '1'], count: 4800, bound: 1 },
  { name: 'deep.png', content: png(3, 16), args: ['-e', '3'], count: 3600, bound: 3 },
  { name: 'deep-gray.png', content: png(1, 16), args: [], count: 1200, bound: 0 },
];
