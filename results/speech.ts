// Spoken digits of the Free Spoken Digit Dataset: recordings as WAV files, cut into windows.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normalNumbers } from '../tools/random.ts';

/** The samples of a WAV file with one channel of 16 bits, in -1..1. */
function readWave(path: string): Float32Array {
  const file = readFileSync(path);
  let chunk = 12;
  while (file.toString('latin1', chunk, chunk + 4) !== 'data') chunk += 8 + file.readUInt32LE(chunk + 4);
  const count = Math.min(file.readUInt32LE(chunk + 4), file.length - chunk - 8) >> 1;
  return Float32Array.from({ length: count }, (_, i) => file.readInt16LE(chunk + 8 + 2 * i) / 32768);
}

/** The recordings of a folder. Take 4 of each speaker and digit is for tests. */
export function readSpeech(folder: string): { train: Float32Array[]; test: Float32Array[] } {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.wav'))
    .sort();
  const read = (names: readonly string[]): Float32Array[] => names.map((name) => readWave(join(folder, name)));
  const isTest = (file: string): boolean => file.endsWith('_4.wav');
  return { train: read(files.filter((file) => !isTest(file))), test: read(files.filter(isTest)) };
}

/** All full windows of `length` samples that begin every `stride` samples, end to end. */
export function windows(recordings: readonly Float32Array[], length: number, stride = length): Float32Array {
  const parts = recordings.flatMap((recording) =>
    Array.from({ length: Math.max(0, Math.floor((recording.length - length) / stride) + 1) }, (_, i) =>
      recording.subarray(i * stride, i * stride + length),
    ),
  );
  const out = new Float32Array(parts.length * length);
  parts.forEach((part, i) => {
    out.set(part, i * length);
  });
  return out;
}

/** Values with normal noise of one standard deviation added. The same seed gives the same noise. */
export function withNoise(values: Float32Array, stddev: number, seed: number): Float32Array {
  const next = normalNumbers(seed);
  return values.map((value) => value + stddev * next());
}
