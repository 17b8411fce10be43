// The speed of the bounded and of the lossless mode: heart beats and sensors by the routes of docs/results.md, and the beats as bytes.

import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { adam, autoencoder, type CodecOptions, createCodec, dense, fit, type Model } from 'isthmus';
import { BEAT_LENGTH, readTest, readTrain, valuesOf } from '../results/ecg.ts';
import { readSensors, SENSORS } from '../results/telemetry.ts';
import { linearCongruential } from '../tools/linear-congruential.ts';
import { median } from './statistics.ts';

export interface ModeRow {
  readonly title: string;
  /** Megabytes of samples in a second of a core. */
  readonly compress: number;
  readonly decompress: number;
  /** Bytes of samples over compressed bytes. */
  readonly ratio: number;
}

/** Megabytes a second before errors were measured without decoding, on one core of an AMD EPYC (Zen 4, 2 MB of L2 in all). */
const before = {
  cpu: 'AMD EPYC',
  compress: { ECG5000: 5.33, AirQuality: 5.61 },
  decompress: { ECG5000: 11.32, AirQuality: 13.1 },
} as const;

/** Hours of sensors for training, and hours that are compressed where the data are missing. */
const TRAINING_HOURS = 936;
const GENERATED_HOURS = 9357;

/** A sum of waves with small steps of noise, for machines without the data. Channels have different periods. */
function waves(rows: number, channels: number): Float32Array<ArrayBuffer> {
  const next = linearCongruential(1);
  return Float32Array.from({ length: rows * channels }, (_, i) => {
    const [row, channel] = [Math.floor(i / channels), i % channels];
    return Math.sin(row / (4 + channel)) + 0.3 * Math.sin(row / 50) + 0.02 * ((next() >>> 24) / 255);
  });
}

function readBeats(folder: string) {
  if (!existsSync(`${folder}/ecg5000`)) {
    const generated = waves(5000, BEAT_LENGTH);
    return { train: generated.slice(0, 500 * BEAT_LENGTH), test: generated.slice(500 * BEAT_LENGTH) };
  }
  return {
    train: valuesOf(readTrain(`${folder}/ecg5000/ECG5000_TRAIN.txt`)),
    test: valuesOf(readTest(`${folder}/ecg5000/ECG5000_TEST.npy`)),
  };
}

async function trained(size: number, hidden: number, latent: number, x: Float32Array, epochs: number): Promise<Model> {
  const relu = dense({ units: hidden, activation: 'relu' });
  const model = await autoencoder(
    { input: [size], encoder: [relu, dense({ units: latent })], decoder: [relu, dense({ units: size })] },
    { seed: 1 },
  );
  await fit(model, x, { epochs, batchSize: 32, optimizer: adam({ learningRate: 0.002 }), deterministic: true });
  return model;
}

/** Two bytes of each value in thousandths, the upper one first. */
function toBytePairs(values: Float32Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(2 * values.length);
  const view = new DataView(out.buffer);
  for (const [i, value] of values.entries()) view.setInt16(2 * i, Math.round(1000 * value));
  return out;
}

/** Milliseconds of this process on a core: other processes do not count. */
const processorTime = (): number => process.cpuUsage().user / 1e3;

async function speed(
  title: string,
  model: Model,
  first: Float32Array | Uint8Array,
  x: Float32Array | Uint8Array,
  options: CodecOptions,
  rounds: number,
): Promise<ModeRow> {
  const codec = await createCodec(model, first, options);
  const compress: number[] = [];
  const decompress: number[] = [];
  let bytes = codec.compress(x);
  codec.decompress(bytes);
  for (let round = 0; round < rounds; round++) {
    const begin = processorTime();
    bytes = codec.compress(x);
    const between = processorTime();
    codec.decompress(bytes);
    compress.push(x.byteLength / (between - begin) / 1e3);
    decompress.push(x.byteLength / (processorTime() - between) / 1e3);
  }
  return { title, compress: median(compress), decompress: median(decompress), ratio: x.byteLength / bytes.length };
}

export async function modeSpeeds(rounds: number): Promise<ModeRow[]> {
  const folder = process.env.ISTHMUS_DATA || fileURLToPath(new URL('../../shared/data', import.meta.url));
  const { train, test } = readBeats(folder);
  const sensors = `${folder}/telemetry/AirQualityUCI.csv`;
  const hours = existsSync(sensors) ? readSensors(sensors) : waves(GENERATED_HOURS, SENSORS);
  const beatModel = await trained(BEAT_LENGTH, 64, 8, train, 200);
  const hourModel = await trained(SENSORS, 16, 4, hours.slice(0, TRAINING_HOURS * SENSORS), 20);
  const byteModel = await trained(2 * BEAT_LENGTH, 8, 4, new Float32Array(2 * BEAT_LENGTH), 1);
  const few = Math.min(rounds, 7);
  const rows: ModeRow[] = [];
  for (const relativeError of [1e-2, 1e-3]) {
    const share = relativeError === 1e-2 ? '1e-2' : '1e-3';
    rows.push(await speed(`ECG5000, ${share}`, beatModel, train, test, { relativeError }, few));
    const first = hours.slice(0, SENSORS);
    rows.push(await speed(`AirQuality, ${share}`, hourModel, first, hours, { relativeError }, few));
  }
  const options = { lossless: true } as const;
  rows.push(await speed('ECG5000, lossless', byteModel, toBytePairs(train), toBytePairs(test), options, few));
  return rows;
}

/** Speeds at 1e-3 over those before, on the machine of which those are known. */
export function gains(rows: readonly ModeRow[]) {
  const cpu = cpus()[0]?.model ?? '';
  if (!cpu.startsWith(before.cpu)) return {};
  const names = ['ECG5000', 'AirQuality'] as const;
  const row = (name: string): ModeRow => rows.find(({ title }) => title === `${name}, 1e-3`)!;
  return {
    'bounded-compress-gain': names.map((name) => row(name).compress / before.compress[name]),
    'bounded-decompress-gain': names.map((name) => row(name).decompress / before.decompress[name]),
  };
}
