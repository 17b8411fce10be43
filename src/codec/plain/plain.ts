// Codes, quantised and entropy-coded by fixed tables: no bound on the error, and the least work.

import { concat } from '../../bytes.ts';
import { forward } from '../../engine/inference.ts';
import { wrongValue } from '../../errors.ts';
import { sizeOf } from '../../layers/layer.ts';
import { engineOf, type Model } from '../../model.ts';
import { Rows } from '../../samples.ts';
import type { Samples } from '../../types.ts';
import { codecModule } from '../../wasm/modules.ts';
import type { BlockCoder, Mode } from '../block.ts';
import type { CodecOptions } from '../options.ts';
import { corrupt, evenly, rowsWithin } from '../values.ts';
import { channelsOf, countTables } from './calibrate.ts';
import { placeTables, tableBytes } from './memory.ts';
import { priorOf } from './prior.ts';
import { isStep, readTables, writeTables } from './tables.ts';

/** Values of samples and of codes that calibration looks at, at most. */
const MOST_CODES = 2 ** 22;
/** Values of a block, unless a single sample has more: 334 digits. */
const BLOCK = 2 ** 18;
const FIRST_STATE = 2 ** 16;

function coder(model: Model, bytes: Uint8Array): BlockCoder {
  const engine = model[engineOf];
  const { kernels, memory, network } = engine;
  // Symbols that a sample has of each channel.
  const { channels, places } = channelsOf(model);
  const size = channels * places;
  const tables = readTables(bytes, channels);
  const tableSize = tableBytes(tables);
  // Bits that a value of each channel has beside its symbol, together.
  const shifts = tables.reduce((sum, { shift }) => sum + shift, 0);
  let placed = false;

  /** Memory for so many samples and a payload. */
  function reserve(rows: number, payload: number) {
    const values = rows * size;
    const sizes = [tableSize, 16, values + 8, 4 * values + 16, payload + 16];
    const blocks = engine.reserve(sizes) as [number, number, number, number, number];
    if (!placed) placeTables(memory.wasm.buffer, blocks[0], tables);
    placed = true;
    const states = new Uint32Array(memory.wasm.buffer, blocks[1], 4).fill(FIRST_STATE);
    return { blocks, states };
  }

  /** Of so many samples: symbols of each channel, bytes of the coder's last states, and of all lower bits. */
  const sizesOf = (rows: number): [n: number, lanes: number, low: number] => {
    const n = rows * places;
    return [n, 4 * Math.min(4, n), Math.ceil((n * shifts) / 8)];
  };

  return {
    rowsPerBlock: Math.min(4096, rowsWithin(BLOCK, Math.max(sizeOf(model.inputShape), size))),

    encode(values, rows) {
      const [n, lanes, low] = sizesOf(rows);
      // Words, then lower bits, then escapes.
      const words = 2 * rows * size;
      const { blocks } = reserve(rows, words + low + 5 * rows * size);
      const [table, states, symbols, z, payload] = blocks;
      forward(
        engine,
        { start: 0, end: network.encoders },
        new Rows('x', values, model.inputShape),
        (y, start, count) => {
          memory.bytes.copyWithin(z + 4 * start * size, y, y + 4 * count * size);
        },
      );
      const bits = payload + words;
      const end = kernels.quantize(symbols, bits, bits + low, z, n, channels, table);
      const first = kernels.ransEncode(bits, symbols, n, channels, table, states);
      return concat([memory.bytes.subarray(states, states + lanes), memory.bytes.subarray(first, end)]);
    },

    decode(payload, rows) {
      const [n, lanes, low] = sizesOf(rows);
      if (payload.length < lanes + low) throw corrupt();
      const { blocks, states: last } = reserve(rows, payload.length);
      const [table, states, symbols, z, words] = blocks;
      memory.bytes.set(payload.subarray(0, lanes), states);
      memory.bytes.set(payload.subarray(lanes), words);
      const end = words + payload.length - lanes;
      memory.bytes.fill(0, end, end + 16);
      const bits = kernels.ransDecode(symbols, n, channels, table, states, words, end - low);
      if (!bits || last.some((state) => state !== FIRST_STATE)) throw corrupt();
      if (kernels.dequantize(z, symbols, bits, bits + low, end, n, channels, table) !== end) throw corrupt();
      return model.decode(memory.read(z, rows * size));
    },
  };
}

/** Codes of the samples, of some evenly among them where they are many. */
function codesOf(model: Model, samples: Samples): Float32Array<ArrayBuffer> {
  const x = new Rows('calibrationSamples', samples, model.inputShape);
  const size = sizeOf(model.latentShape);
  const rows = evenly(x.count, rowsWithin(MOST_CODES, size));
  if (rows.length === x.count) return model.encode(samples);
  const z = new Float32Array(rows.length * size);
  rows.forEach((row, r) => {
    z.set(model.encode(x.values(row, 1)), r * size);
  });
  return z;
}

export const plain: Mode = {
  id: 1,
  name: 'plain',
  finite: true,
  module: codecModule,

  calibrate(model: Model, samples: Samples, { step = stepOf(model) }: CodecOptions): Uint8Array {
    const own = Math.fround(step);
    if (!isStep(own)) throw wrongValue('step', 'a number within 2^-96..2^96', step);
    return writeTables(priorOf(model, own) ?? countTables(model, codesOf(model, samples), own));
  },

  coder,
};

/** The step that a `quantized` code was trained with. */
export function stepOf(model: Model): number {
  const latent = model.spec.latent as { type: string; step?: number } | undefined;
  return latent?.type === 'quantized' ? (latent.step ?? 1) : 0;
}
