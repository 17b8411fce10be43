// Codes, quantised and entropy-coded by fixed tables: no bound on the error, and the least work.

import type { Engine } from '../../engine/engine.ts';
import { forward } from '../../engine/inference.ts';
import { FormatError, wrongValue } from '../../errors.ts';
import { sizeOf } from '../../layers/layer.ts';
import { engineOf, type Model } from '../../model.ts';
import { Rows } from '../../samples.ts';
import type { Samples } from '../../types.ts';
import { codecModule } from '../../wasm/modules.ts';
import type { BlockCoder, Mode } from '../block.ts';
import type { CodecOptions } from '../options.ts';
import { channelsOf, countTables } from './calibrate.ts';
import { placeTables, tableBytes } from './memory.ts';
import { priorOf } from './prior.ts';
import { type ChannelTable, isStep, readTables, writeTables } from './tables.ts';

/** Values of samples and of codes that calibration looks at, at most. */
const MOST_CODES = 2 ** 22;
/** Values of a block, unless a single sample has more: 334 digits. */
const BLOCK = 2 ** 18;
const FIRST_STATE = 2 ** 16;

/** Where a block's parts lie while it is coded. */
interface Places {
  readonly table: number;
  readonly states: number;
  readonly symbols: number;
  readonly z: number;
  /** Words, then bits, then escapes; while decoding the payload. */
  readonly words: number;
  readonly bits: number;
  readonly escapes: number;
}

class PlainCoder implements BlockCoder {
  readonly rowsPerBlock: number;
  readonly #model: Model;
  readonly #engine: Engine;
  readonly #tables: readonly ChannelTable[];
  readonly #channels: number;
  /** Symbols that a sample has of each channel. */
  readonly #places: number;
  /** Bits that a value of each channel has beside its symbol, together. */
  readonly #shifts: number;
  #placed = false;

  constructor(model: Model, bytes: Uint8Array) {
    const { channels, places } = channelsOf(model);
    this.#model = model;
    this.#engine = model[engineOf];
    this.#channels = channels;
    this.#places = places;
    this.#tables = readTables(bytes, channels);
    this.#shifts = this.#tables.reduce((sum, { shift }) => sum + shift, 0);
    const size = Math.max(sizeOf(model.inputShape), channels * places);
    this.rowsPerBlock = Math.max(1, Math.min(4096, Math.floor(BLOCK / size)));
  }

  /** Memory for n symbols of each channel, and a payload of so many bytes where one is given. */
  #reserve(n: number, payload?: number): Places {
    const values = n * this.#channels;
    const bits = this.#bitBytes(n);
    const room = payload ?? 2 * values + bits + 5 * values;
    const sizes = [tableBytes(this.#tables), 16, values + 8, 4 * values + 16, room + 16];
    const [table, states, symbols, z, words] = this.#engine.reserve(sizes) as [number, number, number, number, number];
    const { memory } = this.#engine;
    if (!this.#placed) placeTables(memory.wasm.buffer, table, this.#tables);
    this.#placed = true;
    new Uint32Array(memory.wasm.buffer, states, 4).fill(FIRST_STATE);
    const behind = words + 2 * values;
    return { table, states, symbols, z, words, bits: behind, escapes: behind + bits };
  }

  #bitBytes(n: number): number {
    return Math.ceil((n * this.#shifts) / 8);
  }

  encode(values: Float32Array | Uint8Array, rows: number): Uint8Array {
    const { kernels, memory, network } = this.#engine;
    const n = rows * this.#places;
    const places = this.#reserve(n);
    const size = this.#channels * this.#places;
    const x = new Rows('x', values, this.#model.inputShape);
    forward(this.#engine, { start: 0, end: network.encoders }, x, (y, start, count) => {
      memory.bytes.copyWithin(places.z + 4 * start * size, y, y + 4 * count * size);
    });
    const { table, states, symbols, z, words, bits, escapes } = places;
    const end = kernels.quantize(symbols, bits, escapes, z, n, this.#channels, table);
    const first = kernels.ransEncode(bits, symbols, n, this.#channels, table, states);
    if (first < words) throw new Error('words beyond their room');
    const lanes = 4 * Math.min(4, n);
    const payload = new Uint8Array(lanes + end - first);
    payload.set(memory.bytes.subarray(states, states + lanes));
    payload.set(memory.bytes.subarray(first, end), lanes);
    return payload;
  }

  decode(payload: Uint8Array, rows: number): Float32Array {
    const { kernels, memory } = this.#engine;
    const n = rows * this.#places;
    const lanes = 4 * Math.min(4, n);
    const bits = this.#bitBytes(n);
    const bad = (got: string): FormatError =>
      new FormatError('corrupt', `"block" expected the codes of ${rows} samples, got ${got}`);
    if (payload.length < lanes + bits) throw bad(`${payload.length} bytes`);
    const { table, states, symbols, z, words } = this.#reserve(n, payload.length);
    memory.bytes.set(payload.subarray(0, lanes), states);
    memory.bytes.set(payload.subarray(lanes), words);
    const end = words + payload.length - lanes;
    memory.bytes.fill(0, end, end + 16);
    const behind = kernels.ransDecode(symbols, n, this.#channels, table, states, words, end - bits);
    const last = new Uint32Array(memory.wasm.buffer, states, 4);
    if (!behind || last.some((state) => state !== FIRST_STATE)) throw bad('other words');
    const read = kernels.dequantize(z, symbols, behind, behind + bits, end, n, this.#channels, table);
    if (read !== end) throw bad('other bytes behind them');
    return this.#model.decode(memory.read(z, n * this.#channels));
  }
}

/** Codes of the samples, of some evenly among them where they are many. */
function codesOf(model: Model, samples: Samples): Float32Array<ArrayBuffer> {
  const x = new Rows('calibrationSamples', samples, model.inputShape);
  const size = sizeOf(model.latentShape);
  const rows = Math.max(1, Math.min(x.count, Math.floor(MOST_CODES / Math.max(size, 1))));
  if (rows === x.count) return model.encode(samples);
  const z = new Float32Array(rows * size);
  for (let r = 0; r < rows; r++) z.set(model.encode(x.values(Math.floor((r * x.count) / rows), 1)), r * size);
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

  coder: (model, tables) => new PlainCoder(model, tables),
};

/** The step that a `quantized` code was trained with. */
export function stepOf(model: Model): number {
  const latent = model.spec.latent as { type: string; step?: number } | undefined;
  return latent?.type === 'quantized' ? (latent.step ?? 1) : 0;
}
