// A trained autoencoder of rows, for tables whose columns depend on each other in a way that the predictors of the codec do not follow.

import {
  type AutoencoderSpec,
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

/** A trained model, if it saves more bytes than its weights take. */
export async function tryModel(
  channels: readonly Channel[],
  rows: number,
  options: ProgressOptions,
): Promise<Model | undefined> {
  const width = channels.length;
  if (width < 3 || rows * width < MIN_MODEL_VALUES || width > MAX_WIDTH) return undefined;
  const trialRows = Math.min(rows, TRAINING_ROWS);
  // Rows from the whole series train the model; the first rows measure it.
  const training = channels.map((channel) => ({
    ...channel,
    values: Float32Array.from({ length: trialRows }, (_, i) => channel.values[Math.floor((i * rows) / trialRows)]!),
  }));
  const latent = Math.max(1, Math.min(8, Math.round(width / 4)));
  const model = await autoencoder(modelSpec(width, latent, Math.min(32, 2 * width)), { seed: 1 });
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
