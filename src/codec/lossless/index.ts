// The lossless mode: bytes come back as they were. Neighbours in the sample predict, statistics of calibration go before.

import { wrongType } from '../../errors.ts';
import { engineOf, type Model } from '../../model.ts';
import { isBytes } from '../../samples.ts';
import type { Samples } from '../../types.ts';
import { residualModule } from '../../wasm/modules.ts';
import type { BlockCoder, Mode } from '../block.ts';
import { corrupt, type Picture, read, sizeOf, write } from './stream.ts';

/** Values in a block: a tenth of a second. */
const BLOCK = 262144;
/** Values that calibration keeps at most: twice as many gain 1 % on digits and start twice as late. */
const MOST = 131072;
/** Values on which widths compete. */
const TRIAL = 16384;
/** width: u32, rows: u32. */
const HEAD = 8;
const CODED = 0;
const RAW = 1;

/** What a sample is: of shape [h, w, c] or [w, c] as it says, of shape [n] lines of a width that divides n. */
function pictureOf({ inputShape: shape }: Model, width: number): Picture {
  const size = shape.reduce((product, n) => product * n, 1);
  const channels = shape.length > 1 ? shape.at(-1)! : 1;
  return { height: size / channels / width, width, channels };
}

/** Widths that a sample may have. */
function widths({ inputShape: shape }: Model): number[] {
  if (shape.length > 1) return [shape.at(-2)!];
  const size = shape[0]!;
  return Array.from({ length: size }, (_, i) => size - i).filter((w) => size % w === 0 && (w > 3 || w === size));
}

/** Values by how much they differ from those above, on average: a line of the right width differs least. */
function roughness(values: Uint8Array, picture: Picture): number {
  const { height, width } = picture;
  if (height === 1) return Infinity;
  let sum = 0;
  let count = 0;
  const size = sizeOf(picture);
  for (let i = 0; i < values.length; i++) {
    if (i % size < width) continue;
    sum += Math.abs(values[i]! - values[i - width]!);
    count++;
  }
  return sum / count;
}

/** Of the widths the three that look best, tried. */
function widthOf(model: Model, values: Uint8Array): number {
  const all = widths(model).map((width) => ({ width, rough: roughness(values, pictureOf(model, width)) }));
  const few = [
    ...all.slice(0, 1),
    ...all
      .slice(1)
      .sort((a, b) => a.rough - b.rough)
      .slice(0, 3),
  ];
  if (few.length === 1) return few[0]!.width;
  const costs = few.map(({ width }) => ({
    width,
    bytes: write(model[engineOf], { picture: pictureOf(model, width) }, values)?.bytes.length ?? Infinity,
  }));
  return costs.sort((a, b) => a.bytes - b.bytes)[0]!.width;
}

function calibrate(model: Model, samples: Samples): Uint8Array {
  if (!isBytes(samples)) throw wrongType('samples', 'Uint8Array, which alone can be lossless', samples);
  const size = model.inputShape.reduce((product, n) => product * n, 1);
  const rows = Math.min(samples.length / size, Math.max(1, Math.floor(MOST / size)));
  const values = new Uint8Array(samples.buffer, samples.byteOffset, rows * size);
  const width = widthOf(model, values.subarray(0, Math.min(rows, Math.ceil(TRIAL / size)) * size));
  const written = write(model[engineOf], { picture: pictureOf(model, width) }, values);
  const tables = new Uint8Array(HEAD + (written?.bytes.length ?? 0));
  const view = new DataView(tables.buffer);
  view.setUint32(0, width, true);
  view.setUint32(4, written ? rows : 0, true);
  if (written) tables.set(written.bytes, HEAD);
  return tables;
}

function coder(model: Model, tables: Uint8Array): BlockCoder {
  const engine = model[engineOf];
  if (tables.length < HEAD) throw corrupt();
  const view = new DataView(tables.buffer, tables.byteOffset, tables.length);
  const width = view.getUint32(0, true);
  const rows = view.getUint32(4, true);
  const size = model.inputShape.reduce((product, n) => product * n, 1);
  if (!widths(model).includes(width) || (rows > 1 && rows * size > MOST)) throw corrupt();
  if (!rows && tables.length > HEAD) throw corrupt();
  const picture = pictureOf(model, width);
  const state = rows ? read(engine, { picture }, tables.subarray(HEAD), rows * size).state() : undefined;
  const job = { picture, state };
  return {
    rowsPerBlock: Math.max(1, Math.floor(BLOCK / size)),

    encode(values) {
      const bytes = values as Uint8Array;
      const written = write(engine, job, bytes);
      const payload = new Uint8Array(1 + (written ?? { bytes }).bytes.length);
      payload[0] = written ? CODED : RAW;
      payload.set(written?.bytes ?? bytes, 1);
      return payload;
    },

    decode(payload, count) {
      const n = count * size;
      if (payload[0] === CODED) return read(engine, job, payload.subarray(1), n).bytes;
      if (payload[0] !== RAW || payload.length !== 1 + n) throw corrupt();
      return payload.slice(1);
    },
  };
}

/**
 * Bytes by mixing seven contexts of neighbours. Samples of shape [n] are taken for pictures of the width that suits those
 * of calibration best.
 */
export const lossless: Mode = {
  id: 3,
  name: 'lossless',
  module: residualModule,
  calibrate,
  coder,
};
