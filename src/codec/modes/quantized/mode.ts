// Codes, quantised and entropy-coded by fixed tables: no bound on the error, and the least work.

import { concat } from '../../../core/bytes.ts';
import { sizeOf } from '../../../core/shape.ts';
import { engineSymbol, type Model } from '../../../model/model.ts';
import { codecModule } from '../../../wasm/modules.ts';
import type { BlockCoder, Mode, ValueFormat } from '../../mode.ts';
import { runModel } from '../../model-pass.ts';
import { corruptBlock, samplesWithin, toBytes } from '../../values.ts';
import { storeTables, tableBytes } from './memory.ts';
import { codeLayout, readTables } from './tables.ts';

/** Values of a block, unless a single sample has more: 334 digits. */
const BLOCK_VALUES = 2 ** 18;
const FIRST_STATE = 2 ** 16;

function coder(model: Model, bytes: Uint8Array, { pixels }: ValueFormat): BlockCoder {
  const engine = model[engineSymbol];
  const { kernels, memory } = engine;
  // Symbols that a sample has of each channel.
  const { channels, positions } = codeLayout(model);
  const size = channels * positions;
  const tables = readTables(bytes, channels);
  const tableSize = tableBytes(tables);
  // Bits that a value of each channel has beside its symbol, together.
  const shifts = tables.reduce((sum, { shift }) => sum + shift, 0);
  let tablesWritten = false;

  /** Memory for so many samples and a payload. */
  function allocate(rows: number, payload: number) {
    const values = rows * size;
    const blocks = engine.allocatePersistent({
      table: tableSize,
      states: 16,
      symbols: values + 8,
      codes: 4 * values + 16,
      payload: payload + 16,
    });
    if (!tablesWritten) storeTables(memory.wasm.buffer, blocks.table, tables);
    tablesWritten = true;
    const lastStates = new Uint32Array(memory.wasm.buffer, blocks.states, 4).fill(FIRST_STATE);
    return { ...blocks, lastStates };
  }

  /** Of so many samples: symbols of each channel, bytes of the coder's last states, and of all lower bits. */
  const sizesOf = (rows: number): [n: number, lanes: number, low: number] => {
    const n = rows * positions;
    return [n, 4 * Math.min(4, n), Math.ceil((n * shifts) / 8)];
  };

  return {
    rowsPerBlock: Math.min(4096, samplesWithin(BLOCK_VALUES, Math.max(sizeOf(model.inputShape), size))),

    *encode(values, rows) {
      const [n, lanes, low] = sizesOf(rows);
      // Words, then lower bits, then escapes.
      const words = 2 * rows * size;
      const codes = yield* runModel(model, 'encode', values);
      const { table, states, symbols, codes: z, payload } = allocate(rows, words + low + 5 * rows * size);
      memory.write(z, codes);
      const bits = payload + words;
      const end = kernels.quantize(symbols, bits, bits + low, z, n, channels, table);
      const first = kernels.ransEncode(bits, symbols, n, channels, table, states);
      return concat([memory.bytes.subarray(states, states + lanes), memory.bytes.subarray(first, end)]);
    },

    *decode(payload, rows) {
      const [n, lanes, low] = sizesOf(rows);
      if (payload.length < lanes + low) throw corruptBlock();
      const { table, states, symbols, codes: z, payload: words, lastStates } = allocate(rows, payload.length);
      memory.bytes.set(payload.subarray(0, lanes), states);
      memory.bytes.set(payload.subarray(lanes), words);
      const end = words + payload.length - lanes;
      memory.bytes.fill(0, end, end + 16);
      const bits = kernels.ransDecode(symbols, n, channels, table, states, words, end - low);
      if (!bits || lastStates.some((state) => state !== FIRST_STATE)) throw corruptBlock();
      if (kernels.dequantize(z, symbols, bits, bits + low, end, n, channels, table) !== end) throw corruptBlock();
      const values = yield* runModel(model, 'decode', memory.read(z, rows * size));
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
