// Channels of one length, compressed together by one codec of the package: each channel helps to predict the next.

import { FormatError, loadCodec, type ProgressOptions } from 'isthmus';
import type { Channel } from './channel.ts';
import type { ChunkReader, ChunkWriter, DeflatedChunk } from './chunks.ts';
import {
  compressGroup,
  interleave,
  type Layout,
  MAX_BLOCK_VALUES,
  type PackedGroup,
  plainModel,
  shapeFor,
} from './codec-pass.ts';
import type { Fields } from './fields.ts';
import { jsonDictionary } from './json-dictionary.ts';
import { chooseLayout } from './layout.ts';
import { tryModel } from './row-model.ts';

/** The description of a group in the structure of a file. */
export interface GroupDescription {
  readonly window: number;
  readonly codec: DeflatedChunk;
  readonly payload: number;
}

/** Compresses channels of `rows` values each, at least one of both, in a layout. Errors: the reason of the signal. */
export async function packInLayout(
  channels: readonly Channel[],
  rows: number,
  layout: Layout,
  options: ProgressOptions = {},
): Promise<PackedGroup> {
  const values = interleave(channels, rows, layout.window);
  const model = await plainModel(layout.window, channels.length);
  return await compressGroup({ model, values, channels, layout, trained: false }, options);
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
    return await compressGroup(
      { model, values: interleave(channels, rows, 1), channels, layout: { window: 1 }, trained: true },
      options,
    );
  }
  const { layout } = await chooseLayout(channels, rows, [], options);
  return await packInLayout(channels, rows, layout, options);
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
  const fits = String(codec.inputShape) === String(shape);
  if (!fits) throw new FormatError('corrupt', 'the file is damaged: its codec is for other values');
  const maxBytes = 4 * samples * window * width;
  const values: Float32Array | Uint8Array = await codec.decompressAsync(chunks.take(description.integer('payload')), {
    maxBytes,
    ...options,
  });
  if (values.length !== samples * window * width)
    throw new FormatError('corrupt', 'the file is damaged: rows are missing');
  return Array.from({ length: width }, (_, index) =>
    Float32Array.from({ length: rows }, (_, row) => values[row * width + index]!),
  );
}
