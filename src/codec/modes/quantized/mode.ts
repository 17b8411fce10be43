// The plain mode: quantised codes, entropy-coded with fixed tables. There is no bound on errors, and it is the fastest mode.

import { concat } from '../../../core/bytes.ts';
import { sizeOf } from '../../../core/shape.ts';
import { engineSymbol, type Model } from '../../../model/model.ts';
import { codecModule } from '../../../wasm/modules.ts';
import { toBytes } from '../../byte-values.ts';
import { defaultBlockSamples } from '../../limits.ts';
import { type BlockCoder, corruptBlock, type Mode, type ValueFormat } from '../../mode.ts';
import { runModel } from '../../model-pass.ts';
import { storeTables, tableBytes } from './memory.ts';
import { codeLayout, readTables } from './tables.ts';

/** Maximum number of samples in a block by default. */
const MAX_SAMPLES = 4096;
/** State of an entropy coder before the first symbol. There are four coders. */
const FIRST_STATE = 2 ** 16;
const CODERS = 4;

function coder(model: Model, bytes: Uint8Array, { pixels }: ValueFormat): BlockCoder {
  const engine = model[engineSymbol];
  const { kernels, memory } = engine;
  const { channels, positions } = codeLayout(model);
  const codeSize = channels * positions;
  const tables = readTables(bytes, channels);
  const tableSize = tableBytes(tables);
  /** Lower bits of one value of each channel, together. */
  const shifts = tables.reduce((sum, { shift }) => sum + shift, 0);
  let tablesStored = false;

  /** Memory for a block. It is persistent, and `table` is its first block, so tables are stored once. */
  function allocate(samples: number, payloadBytes: number) {
    const values = samples * codeSize;
    const blocks = engine.allocatePersistent({
      table: tableSize,
      states: 4 * CODERS,
      symbols: values + 8,
      codes: 4 * values + 16,
      payload: payloadBytes + 16,
    });
    if (!tablesStored) storeTables(memory.wasm.buffer, blocks.table, tables);
    tablesStored = true;
    const stateValues = new Uint32Array(memory.wasm.buffer, blocks.states, CODERS).fill(FIRST_STATE);
    return { ...blocks, stateValues };
  }

  /** Sizes of a block's parts. */
  function partSizes(samples: number) {
    /** Values of a channel. */
    const n = samples * positions;
    return { n, stateBytes: 4 * Math.min(CODERS, n), lowBytes: Math.ceil((n * shifts) / 8) };
  }

  return {
    blockSamples: Math.min(MAX_SAMPLES, defaultBlockSamples(Math.max(sizeOf(model.inputShape), codeSize))),

    *encode(values, samples) {
      const { n, stateBytes, lowBytes } = partSizes(samples);
      const wordBytes = 2 * samples * codeSize;
      const escapeBytes = 5 * samples * codeSize;
      const floats = yield* runModel(model, 'encode', values);
      const { table, states, symbols, codes, payload } = allocate(samples, wordBytes + lowBytes + escapeBytes);
      memory.write(codes, floats);
      const lowBits = payload + wordBytes;
      const end = kernels.quantize(symbols, lowBits, lowBits + lowBytes, codes, n, channels, table);
      // The words are written from their end to their beginning.
      const start = kernels.ransEncode(lowBits, symbols, n, channels, table, states);
      const parts = [memory.bytes.subarray(states, states + stateBytes), memory.bytes.subarray(start, end)];
      return { payload: concat(parts) };
    },

    *decode(payload, samples) {
      const { n, stateBytes, lowBytes } = partSizes(samples);
      if (payload.length < stateBytes + lowBytes) throw corruptBlock();
      const { table, states, stateValues, symbols, codes, payload: words } = allocate(samples, payload.length);
      memory.bytes.set(payload.subarray(0, stateBytes), states);
      memory.bytes.set(payload.subarray(stateBytes), words);
      const end = words + payload.length - stateBytes;
      memory.bytes.fill(0, end, end + 16);
      const lowBits = kernels.ransDecode(symbols, n, channels, table, states, words, end - lowBytes);
      if (!lowBits || stateValues.some((state) => state !== FIRST_STATE)) throw corruptBlock();
      const escapes = lowBits + lowBytes;
      if (kernels.dequantize(codes, symbols, lowBits, escapes, end, n, channels, table) !== end) throw corruptBlock();
      const values = yield* runModel(model, 'decode', memory.read(codes, samples * codeSize));
      return pixels ? toBytes(values) : values;
    },
  };
}

export const quantized: Mode = {
  id: 1,
  name: 'plain',
  finite: true,
  module: codecModule,
  coder,
};
