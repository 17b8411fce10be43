// Spoken digits (Free Spoken Digit Dataset): takes apart, windows, and the decibels that cleaning gains.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normalNumbers } from '../tools/random.ts';

/** Samples of a WAV file with one channel of 16 bits, in -1..1. */
function readWave(path: string): Float32Array {
  const file = readFileSync(path);
  let chunk = 12;
  while (file.toString('latin1', chunk, chunk + 4) !== 'data') chunk += 8 + file.readUInt32LE(chunk + 4);
  const count = Math.min(file.readUInt32LE(chunk + 4), file.length - chunk - 8) >> 1;
  return Float32Array.from({ length: count }, (_, i) => file.readInt16LE(chunk + 8 + 2 * i) / 32768);
}

/** The recordings of a folder, those of take 4 apart: of each speaker and digit one. */
export function readSpeech(folder: string): { train: Float32Array[]; test: Float32Array[] } {
  const files = readdirSync(folder).filter((file) => file.endsWith('.wav'));
  const read = (held: boolean): Float32Array[] =>
    files
      .sort()
      .filter((file) => file.endsWith('_4.wav') === held)
      .map((file) => readWave(join(folder, file)));
  return { train: read(false), test: read(true) };
}

/** Windows of `length` samples, each `stride` behind the last, end to end. */
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

/** Values with normal noise of one deviation added, drawn by a seed. */
export function withNoise(values: Float32Array, stddev: number, seed: number): Float32Array {
  const next = normalNumbers(seed);
  return values.map((value) => value + stddev * next());
}

/** Mean of squared differences, or of squares. */
export const meanSquare = (a: Float32Array, b?: Float32Array): number =>
  a.reduce((sum, value, i) => sum + (value - (b?.[i] ?? 0)) ** 2, 0) / a.length;

/** Decibels between the error of what is noisy and that of what is cleaned. */
export const gain = (clean: Float32Array, noisy: Float32Array, cleaned: Float32Array): number =>
  10 * Math.log10(meanSquare(noisy, clean) / meanSquare(cleaned, clean));
