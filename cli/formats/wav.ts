// Reads and writes WAV recordings by wavefile.

import wavefile from 'wavefile';
import type { RecordingData } from '../../jobs/dataset.ts';
import { Failure } from '../errors.ts';
import { checkDecodedBytes } from './limits.ts';

const damaged = (what: string) => new Failure(`the WAV recording is damaged: ${what}`);
const codeOf = (bytes: Uint8Array, start: number): string => String.fromCharCode(...bytes.subarray(start, start + 4));

/** Programs that write to a pipe do not know the length of the data and write one of these. */
const unknownLengths = new Set([0, 0x7fffffff, 0xffffffff, 0x7fffff00, 0xffffff00]);

interface Chunk {
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

/** The chunks of the file. The chunk of the data may have an unknown length: then it ends with the file. */
function chunksOf(bytes: Uint8Array): Chunk[] {
  const littleEndian = codeOf(bytes, 0) !== 'RIFX';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let start = 12;
  while (start + 8 <= bytes.length) {
    const code = codeOf(bytes, start);
    const stated = view.getUint32(start + 4, littleEndian);
    const present = bytes.length - start - 8;
    const isOpen = code === 'data' && stated > present && unknownLengths.has(stated);
    if (stated > present && !isOpen) {
      if (code === 'data')
        throw new Failure(`the WAV recording is truncated: the file has ${present} of ${stated} bytes of sound`);
      break;
    }
    const end = start + 8 + (isOpen ? present : stated);
    chunks.push({ code, start, end });
    start = end + (end % 2 === start % 2 ? 0 : 1);
  }
  return chunks;
}

/** Type of the samples, rate and channels. Errors: Failure for damaged and truncated bytes. */
export function readWavHeader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = codeOf(bytes, 0) !== 'RIFX';
  const chunks = chunksOf(bytes);
  const format = chunks.find(({ code }) => code === 'fmt ');
  const data = chunks.find(({ code }) => code === 'data');
  if (!format || format.end - format.start < 24) throw damaged('it does not say its sample type');
  if (!data) throw new Failure('the WAV recording is truncated: the file has no sound');
  const header = {
    coding: view.getUint16(format.start + 8, littleEndian),
    channels: view.getUint16(format.start + 10, littleEndian),
    rate: view.getUint32(format.start + 12, littleEndian),
    frameBytes: view.getUint16(format.start + 20, littleEndian),
    bits: view.getUint16(format.start + 22, littleEndian),
  };
  const { coding, channels, rate, bits } = header;
  // The coding of an extensible format is the start of its identifier.
  const isExtensible = coding === 0xfffe && format.end - format.start >= 34;
  const actual = isExtensible ? view.getUint16(format.start + 32, littleEndian) : coding;
  if (channels < 1 || rate < 1) throw damaged(`the header states ${channels} channels at ${rate} Hz`);
  return {
    coding: actual,
    channels,
    rate,
    bits,
    format,
    data,
    frames: (data.end - data.start - 8) / ((channels * bits) / 8),
  };
}

/** The sample type of a coding: 1 integers, 3 floats, 6 and 7 the logarithmic codings of telephones. */
function sampleTypeOf(coding: number, bits: number): RecordingData['sampleType'] {
  if (coding === 1 && [8, 16, 24, 32].includes(bits)) return `${bits}` as '8' | '16' | '24' | '32';
  if (coding === 3 && bits === 32) return '32f';
  if (coding === 3 && bits === 64) return '64';
  if ((coding === 6 || coding === 7) && bits === 8) return '16';
  throw new Failure(
    `WAV of coding ${coding} with ${bits} bits cannot be read: convert it, such as by "ffmpeg -i IN out.wav"`,
  );
}

/** A recording. Errors: Failure for damaged and truncated bytes, and for codings that cannot be read. */
export function readWav(bytes: Uint8Array): RecordingData {
  const { coding, channels, rate, bits, format, data, frames } = readWavHeader(bytes);
  const sampleType = sampleTypeOf(coding, bits);
  checkDecodedBytes(frames * channels * 8);
  // Only these two chunks: wavefile trusts the counts in the others.
  const container = codeOf(bytes, 0) === 'RIFX' ? 'RIFX' : 'RIFF';
  const parts = [format, data].map(({ start, end }) => bytes.subarray(start, end));
  const sizes = Buffer.alloc(4);
  const size = Math.min(4 + parts.reduce((sum, part) => sum + part.length, 0), 0xffffffff);
  if (container === 'RIFX') sizes.writeUInt32BE(size);
  else sizes.writeUInt32LE(size);
  const minimal = Buffer.concat([Buffer.from(container), sizes, Buffer.from('WAVE'), ...parts]);
  const soundBytes = data.end - data.start - 8;
  const sizeAt = 12 + (format.end - format.start) + 4;
  if (container === 'RIFX') minimal.writeUInt32BE(soundBytes, sizeAt);
  else minimal.writeUInt32LE(soundBytes, sizeAt);
  const file = new wavefile.WaveFile();
  try {
    file.fromBuffer(minimal);
    if (coding === 6) file.fromALaw();
    if (coding === 7) file.fromMuLaw();
  } catch (error) {
    throw damaged((error as Error).message);
  }
  const values = file.getSamples(true, Float64Array);
  const isFloat = sampleType === '32f' || sampleType === '64';
  const scale = isFloat ? 1 : 2 ** (Number(sampleType) - 1);
  // Samples of 8 bits have no sign: 128 is silence.
  const offset = sampleType === '8' ? 128 : 0;
  const usedValues = Math.floor(values.length / channels) * channels;
  const samples = Float32Array.from(values.subarray(0, usedValues), (value) => (value - offset) / scale);
  return { kind: 'recording', rate, channels, sampleType, data: samples };
}

/** The bytes of a WAV file. Integers are rounded and limited to their range. */
export function writeWav({ rate, channels, sampleType, data }: Omit<RecordingData, 'kind'>): Uint8Array {
  const isFloat = sampleType === '32f' || sampleType === '64';
  const scale = isFloat ? 1 : 2 ** (Number(sampleType) - 1);
  const offset = sampleType === '8' ? 128 : 0;
  const values = Float64Array.from(data, (value) =>
    isFloat ? value : Math.min(Math.max(Math.round(value * scale), -scale), scale - 1) + offset,
  );
  const file = new wavefile.WaveFile();
  const frames = values.length / channels;
  const byChannel = Array.from({ length: channels }, (_, c) =>
    Float64Array.from({ length: frames }, (_, i) => values[i * channels + c]!),
  );
  file.fromScratch(channels, rate, sampleType, channels === 1 ? byChannel[0]! : byChannel);
  return file.toBuffer();
}
