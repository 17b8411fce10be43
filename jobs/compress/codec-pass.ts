// One pass of a codec of the package over channels.

import { type AutoencoderSpec, activation, autoencoder, createCodec, type Model, type ProgressOptions } from 'isthmus';
import type { Channel } from './channel.ts';
import { deflate } from './chunks.ts';
import { jsonDictionary } from './json-dictionary.ts';

/** How channels are arranged as samples: `window` rows are one sample. Samples of a period can predict each other. */
export interface Layout {
  readonly window: number;
  /** The values are bytes that are restored exactly: the lossless mode of the codec takes them. */
  readonly bytes?: boolean;
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

/** The format of codecs limits blocks to this many values and samples. */
export const MAX_BLOCK_VALUES: number = 2 ** 20;
export const MAX_BLOCK_SAMPLES = 65535;

/** Channels row by row; the last window is filled with the last row. */
export function interleave(channels: readonly Channel[], rows: number, window: number): Float32Array<ArrayBuffer> {
  const width = channels.length;
  const paddedRows = Math.ceil(rows / window) * window;
  const values = new Float32Array(paddedRows * width);
  for (const [index, channel] of channels.entries()) {
    for (let row = 0; row < paddedRows; row++) values[row * width + index] = channel.values[Math.min(row, rows - 1)]!;
  }
  return values;
}

/** The shape of a sample. */
export const shapeFor = (window: number, width: number): number[] => (window === 1 ? [width] : [window, width]);

/** A model without weights: only the predictors of the codec predict. */
const plainSpec = (shape: readonly number[]): AutoencoderSpec => ({
  input: [...shape],
  encoder: [activation({ activation: 'linear' })],
  decoder: [],
});

/** The signal without the progress. */
export const abortable = ({ signal }: ProgressOptions): ProgressOptions => (signal ? { signal } : {});
export const sizeOfGroup = ({ codec, payload }: PackedGroup): number => codec.length + payload.length;

export const plainModel = (window: number, width: number): Promise<Model> =>
  autoencoder(plainSpec(shapeFor(window, width)), { seed: 1 });

/** Channels of at most `rows` rows. */
export const firstRows = (channels: readonly Channel[], rows: number): Channel[] =>
  channels.map((channel) => ({ ...channel, values: channel.values.subarray(0, rows) }));

/** Channels to compress by one codec. */
export interface GroupTask {
  readonly model: Model;
  /** The values of the channels, interleaved. */
  readonly values: Float32Array;
  readonly channels: readonly Channel[];
  readonly layout: Layout;
  /** Whether the weights of the model predict values. */
  readonly trained: boolean;
}

/** Compresses interleaved channels by one codec. Errors: the reason of the signal. */
export async function compressGroup(
  { model, values, channels, layout, trained }: GroupTask,
  options: ProgressOptions,
): Promise<PackedGroup> {
  const size = layout.window * channels.length;
  const samplesPerBlock = Math.max(1, Math.min(MAX_BLOCK_SAMPLES, Math.floor(MAX_BLOCK_VALUES / size)));
  // The codec's file contains its calibration samples. Those of the data cost more bytes than they save: AirQuality takes 72,578 bytes
  // with one row, 73,047 with 64 rows and 76,557 with 512 rows. Zeros take the fewest. A trained model needs real samples, by which
  // the step of its codes is chosen.
  const calibration = trained ? values.slice(0, 64 * size) : new Float32Array(size);
  const common = { samplesPerBlock, ...abortable(options) };
  const maxError = channels.map(({ bound }) => bound);
  const codec = layout.bytes
    ? await createCodec(model, new Uint8Array(size), { lossless: true, ...common })
    : await createCodec(model, calibration, { maxError, ...common });
  const payload = await codec.compressAsync(layout.bytes ? Uint8Array.from(values) : values, options);
  const file = codec.save();
  return { layout, codec: deflate(file, jsonDictionary), codecSize: file.length, payload, trained };
}
