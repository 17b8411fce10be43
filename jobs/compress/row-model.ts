// A trained autoencoder of rows, for tables whose columns depend on each other in a way that the predictors of the codec do not follow.

import {
  type AutoencoderSpec,
  adam,
  autoencoder,
  dense,
  fit,
  type Model,
  normalization,
  type ProgressOptions,
} from 'isthmus';
import type { Channel } from './channel.ts';
import { abortable, compressGroup, firstRows, interleave, plainModel } from './codec-pass.ts';

/** Rows by which a model is trained. */
const TRAINING_ROWS = 4096;
/** Below this many values the weights of the smallest model take more bytes than they save. */
const MIN_MODEL_VALUES = 50_000;
const MAX_WIDTH = 256;

/** A small autoencoder of rows, in the units of the channels. */
const modelSpec = (width: number, latent: number, hidden: number): AutoencoderSpec => ({
  input: [width],
  encoder: [normalization(), dense({ units: hidden, activation: 'tanh' }), dense({ units: latent })],
  decoder: [dense({ units: hidden, activation: 'tanh' }), dense({ units: width }), normalization({ invert: true })],
});

/** Units of the hidden layers. With 64 instead of 32 the weights take 1,100 bytes more, which 4,096 rows of 8 columns do not save. */
const HIDDEN_UNITS = 32;
/** Numbers that a training may read: 60 epochs of 4,096 rows of 8 columns, which take half a second. */
const TRAINING_NUMBERS = 2 ** 21;
const MAX_EPOCHS = 60;

/** Rows spread over all rows. */
const spread = (channels: readonly Channel[], rows: number, count: number): Channel[] =>
  channels.map((channel) => ({
    ...channel,
    values: Float32Array.from({ length: count }, (_, i) => channel.values[Math.floor((i * rows) / count)]!),
  }));

/**
 * A trained model, if it saves more bytes than its weights take, which is measured on the first rows. It is undefined for AirQuality,
 * whose columns the predictors of the codec follow: 31,918 bytes with a model's prediction and 900 bytes of weights, 32,040 without. It
 * saves a quarter of the bytes of rows that are points of a curve in an order that predicts nothing.
 */
export async function tryModel(
  channels: readonly Channel[],
  rows: number,
  options: ProgressOptions,
): Promise<Model | undefined> {
  const width = channels.length;
  if (width < 3 || rows * width < MIN_MODEL_VALUES || width > MAX_WIDTH) return undefined;
  const count = Math.min(rows, TRAINING_ROWS);
  const training = interleave(spread(channels, rows, count), count, 1);
  const trial = firstRows(channels, count);
  const values = interleave(trial, count, 1);
  const layout = { window: 1 };
  const plain = await compressGroup(
    { model: await plainModel(1, width), values, channels: trial, layout, trained: false },
    abortable(options),
  );
  const epochs = Math.max(4, Math.min(MAX_EPOCHS, Math.floor(TRAINING_NUMBERS / (count * width))));
  let best: { model: Model; bytes: number } | undefined;
  for (const latent of new Set([2, Math.min(8, Math.ceil(width / 3))])) {
    const model = await autoencoder(modelSpec(width, latent, HIDDEN_UNITS), { seed: 1 });
    await fit(model, training, { epochs, batchSize: 64, optimizer: adam(0.003), ...abortable(options) });
    const packed = await compressGroup({ model, values, channels: trial, layout, trained: true }, abortable(options));
    const bytes = packed.codec.length + (packed.payload.length * rows) / count;
    if (!best || bytes < best.bytes) best = { model, bytes };
  }
  return best && best.bytes < plain.codec.length + (plain.payload.length * rows) / count ? best.model : undefined;
}
