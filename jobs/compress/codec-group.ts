// Channels of one length, compressed together by one codec of the package: each channel helps to predict the next.

import {
  type AutoencoderSpec,
  activation,
  autoencoder,
  createCodec,
  dense,
  FormatError,
  fit,
  flatten,
  loadCodec,
  type Model,
  normalization,
  type ProgressOptions,
  reshape,
} from 'isthmus';
import type { Channel } from './channel.ts';
import { type ChunkReader, type ChunkWriter, type DeflatedChunk, deflate } from './chunks.ts';
import type { Fields } from './fields.ts';
import { jsonDictionary } from './json-dictionary.ts';
import { periodsOf } from './period.ts';

/** How channels are arranged as samples: `window` rows are one sample. Samples of a period can predict each other. */
export interface Layout {
  readonly window: number;
}

/** A compressed group. */
export interface PackedGroup {
  readonly layout: Layout;
  /** The file of the codec, deflated. */
  readonly codec: Uint8Array<ArrayBuffer>;
  /** Bytes of that file. */
  readonly codecSize: number;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The model's weights predict values, so that they are in the file. */
  readonly trained: boolean;
}

/** The description of a group in the structure of a file. */
export interface GroupDescription {
  readonly window: number;
  readonly codec: DeflatedChunk;
  readonly payload: number;
}

/** The format of codecs limits blocks to this many values and samples. */
const MAX_BLOCK_VALUES = 2 ** 20;
const MAX_BLOCK_SAMPLES = 65535;
/** Values on which layouts and models are compared. */
const TRIAL_VALUES = 2 ** 17;
/** Rows by which a model is trained. */
const TRAINING_ROWS = 4096;
/** Below this many values the weights of the smallest model take more bytes than they save. */
const MIN_MODEL_VALUES = 50_000;

/** Channels row by row; the last window is filled with the last row. */
function interleave(channels: readonly Channel[], rows: number, window: number): Float32Array<ArrayBuffer> {
  const width = channels.length;
  const paddedRows = Math.ceil(rows / window) * window;
  const values = new Float32Array(paddedRows * width);
  for (const [index, channel] of channels.entries()) {
    for (let row = 0; row < paddedRows; row++) values[row * width + index] = channel.values[Math.min(row, rows - 1)]!;
  }
  return values;
}

const shapeFor = (window: number, width: number): number[] => (window === 1 ? [width] : [window, width]);

/** A model without weights: only the predictors of the codec predict. */
const plainSpec = (shape: readonly number[]): AutoencoderSpec => ({
  input: [...shape],
  encoder: [activation({ activation: 'linear' })],
  decoder: [],
});

/** A small autoencoder of rows, in the units of the channels. */
const modelSpec = (shape: readonly number[], latent: number, hidden: number): AutoencoderSpec => ({
  input: [...shape],
  encoder: [
    normalization(),
    ...(shape.length > 1 ? [flatten()] : []),
    dense({ units: hidden, activation: 'tanh' }),
    dense({ units: latent }),
  ],
  decoder: [
    dense({ units: hidden, activation: 'tanh' }),
    dense({ units: shape.reduce((a, b) => a * b, 1) }),
    ...(shape.length > 1 ? [reshape({ targetShape: [...shape] })] : []),
    normalization({ invert: true }),
  ],
});

async function compressGroup(
  model: Model,
  values: Float32Array,
  channels: readonly Channel[],
  layout: Layout,
  trained: boolean,
  options: ProgressOptions,
): Promise<PackedGroup> {
  const size = layout.window * channels.length;
  const samplesPerBlock = Math.max(1, Math.min(MAX_BLOCK_SAMPLES, Math.floor(MAX_BLOCK_VALUES / size)));
  // The codec's file contains its calibration samples. Those of the data cost more bytes than they save: AirQuality takes 72,578 bytes
  // with one row, 73,047 with 64 rows and 76,557 with 512 rows. Zeros take the fewest. A trained model needs real samples, by which
  // the step of its codes is chosen.
  const calibration = trained ? values.slice(0, 64 * size) : new Float32Array(size);
  const maxError = channels.map(({ bound }) => bound);
  const codec = await createCodec(model, calibration, { maxError, samplesPerBlock, ...abortable(options) });
  const payload = await codec.compressAsync(values, options);
  const file = codec.save();
  return { layout, codec: deflate(file, jsonDictionary), codecSize: file.length, payload, trained };
}

const abortable = ({ signal }: ProgressOptions): ProgressOptions => (signal ? { signal } : {});
const sizeOfGroup = ({ codec, payload }: PackedGroup): number => codec.length + payload.length;

const plainModel = (window: number, width: number): Promise<Model> =>
  autoencoder(plainSpec(shapeFor(window, width)), { seed: 1 });

/** Channels of at most `rows` rows. */
const firstRows = (channels: readonly Channel[], rows: number): Channel[] =>
  channels.map((channel) => ({ ...channel, values: channel.values.subarray(0, rows) }));

/** Bytes of a channel that is compressed alone, without what a codec needs for itself. */
export async function bytesAlone(channel: Channel, options: ProgressOptions): Promise<number> {
  const model = await plainModel(1, 1);
  const rows = channel.values.length;
  const { payload } = await compressGroup(model, channel.values, [channel], { window: 1 }, false, abortable(options));
  // Header, header of a block, end.
  const blocks = Math.ceil(rows / MAX_BLOCK_SAMPLES);
  return Math.max(1, payload.length - 64 - 28 * blocks);
}

/** The layout that needs the fewest bytes for the first rows: single rows, or windows of a period of the data. */
async function chooseLayout(channels: readonly Channel[], rows: number, options: ProgressOptions): Promise<Layout> {
  const width = channels.length;
  // A block has at most 65535 samples, and more blocks take more bytes.
  const smallest = Math.max(
    1,
    Math.min(Math.ceil(MAX_BLOCK_VALUES / width / MAX_BLOCK_SAMPLES), Math.ceil(rows / MAX_BLOCK_SAMPLES)),
  );
  const trialRows = Math.min(rows, Math.max(64, Math.floor(TRIAL_VALUES / width)));
  const trial = firstRows(channels, trialRows);
  let best = { layout: { window: smallest }, bytes: Infinity };
  for (const window of [smallest, ...periodsOf(trial.map(({ values }) => values))]) {
    if (window * width > MAX_BLOCK_VALUES || window * 4 > trialRows) continue;
    const model = await plainModel(window, width);
    const values = interleave(trial, trialRows, window);
    const packed = await compressGroup(model, values, trial, { window }, false, abortable(options));
    const bytes = sizeOfGroup(packed);
    if (bytes < best.bytes) best = { layout: { window }, bytes };
  }
  return best.layout;
}

/** A trained model, if it saves more bytes than its weights take. */
async function tryModel(
  channels: readonly Channel[],
  rows: number,
  options: ProgressOptions,
): Promise<Model | undefined> {
  const width = channels.length;
  if (width < 3 || rows * width < MIN_MODEL_VALUES || width > 256) return undefined;
  const trialRows = Math.min(rows, TRAINING_ROWS);
  // Rows from the whole series train the model; the first rows measure it.
  const training = channels.map((channel) => ({
    ...channel,
    values: Float32Array.from({ length: trialRows }, (_, i) => channel.values[Math.floor((i * rows) / trialRows)]!),
  }));
  const latent = Math.max(1, Math.min(8, Math.round(width / 4)));
  const model = await autoencoder(modelSpec([width], latent, Math.min(32, 2 * width)), { seed: 1 });
  await fit(model, interleave(training, trialRows, 1), { epochs: 12, batchSize: 64, ...abortable(options) });
  const trial = firstRows(channels, trialRows);
  const values = interleave(trial, trialRows, 1);
  const [plain, predicted] = [
    await compressGroup(await plainModel(1, width), values, trial, { window: 1 }, false, abortable(options)),
    await compressGroup(model, values, trial, { window: 1 }, true, abortable(options)),
  ];
  const saved = ((plain.payload.length - predicted.payload.length) * rows) / trialRows;
  return saved > predicted.codec.length - plain.codec.length ? model : undefined;
}

/**
 * Compresses channels of `rows` values each, at least one of both. Layouts and a trained model are compared on a part of the rows.
 * Errors: the reason of the signal.
 */
export async function packGroup(
  channels: readonly Channel[],
  rows: number,
  options: ProgressOptions = {},
): Promise<PackedGroup> {
  const model = await tryModel(channels, rows, options);
  if (model) {
    return await compressGroup(model, interleave(channels, rows, 1), channels, { window: 1 }, true, options);
  }
  const layout = await chooseLayout(channels, rows, options);
  const values = interleave(channels, rows, layout.window);
  return await compressGroup(
    await plainModel(layout.window, channels.length),
    values,
    channels,
    layout,
    false,
    options,
  );
}

export function writeGroup(group: PackedGroup, chunks: ChunkWriter): GroupDescription {
  const codec = { bytes: chunks.add(group.codec), size: group.codecSize };
  return { window: group.layout.window, codec, payload: chunks.add(group.payload) };
}

/** The values of each channel. Errors: FormatError for a codec of other samples, and those of the codec. */
export async function readGroup(
  description: Fields,
  chunks: ChunkReader,
  width: number,
  rows: number,
  options: ProgressOptions = {},
): Promise<Float32Array[]> {
  const window = description.integer('window', 1, MAX_BLOCK_VALUES);
  const codecFields = description.object('codec');
  const file = chunks.inflate(
    { bytes: codecFields.integer('bytes'), size: codecFields.integer('size') },
    jsonDictionary,
  );
  const codec = await loadCodec(file);
  const shape = shapeFor(window, width);
  const samples = Math.ceil(rows / window);
  const fits = codec.values === 'float32' && String(codec.inputShape) === String(shape);
  if (!fits) throw new FormatError('corrupt', 'the file is damaged: its codec is for other values');
  const maxBytes = 4 * samples * window * width;
  const values = await codec.decompressAsync(chunks.take(description.integer('payload')), { maxBytes, ...options });
  if (values.length !== samples * window * width)
    throw new FormatError('corrupt', 'the file is damaged: rows are missing');
  return Array.from({ length: width }, (_, index) =>
    Float32Array.from({ length: rows }, (_, row) => values[row * width + index]!),
  );
}
