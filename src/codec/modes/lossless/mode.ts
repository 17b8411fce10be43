// The lossless mode: bytes come back as they were. Neighbours in the sample predict, statistics of calibration go before.

import { concat } from '../../../core/bytes.ts';
import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import { engineSymbol, type Model } from '../../../model/model.ts';
import { residualModule } from '../../../wasm/modules.ts';
import { unpackNumbers } from '../../container/struct.ts';
import type { BlockCoder, Mode } from '../../mode.ts';
import { type CoderInput, decodeStream, encodeStream } from '../../residual-coder.ts';
import { corruptBlock, samplesWithin } from '../../values.ts';

/** Values in a block: a tenth of a second. */
const BLOCK_VALUES = 262144;
/** Values that calibration keeps at most: twice as many gain 1 % on digits and start twice as late. */
export const MAX_TABLE_VALUES = 131072;
/** Width and rows. */
export const HEADER_LAYOUT = 'II';
const HEADER_BYTES = 8;
const CODED_BLOCK = 0;
const RAW_BLOCK = 1;
/** Tables and mixers, and 7 times a MB of counters: see assembly/residual/bytes.ts. */
const STATE_BYTES = 148608 + (7 << 20);

/**
 * n values of samples that are pictures: of shape [h, w, c] or [w, c] as it says, of shape [n] lines of a width that
 * divides n.
 */
export function bytesCoderInput(
  { inputShape, [engineSymbol]: engine }: Model,
  width: number,
  n: number,
  state?: Uint8Array,
): CoderInput {
  const size = sizeOf(inputShape);
  const channels = inputShape.length > 1 ? inputShape.at(-1)! : 1;
  return {
    engine,
    sizes: [STATE_BYTES, n],
    state,
    initialize: (at) => engine.kernels.initByteCoder(at),
    runKernel: ([known, x], ...rest) =>
      engine.kernels.codeBytes(known!, x!, n / size, size / channels / width, width, channels, ...rest),
  };
}

/** Widths that a sample may have. */
export function lineWidths({ inputShape: shape }: Model): number[] {
  if (shape.length > 1) return [shape.at(-2)!];
  const size = shape[0]!;
  const list = [size];
  for (let w = Math.floor(Math.sqrt(size)); w > 1; w--) if (size % w === 0) list.push(w, size / w);
  return [...new Set(list)].filter((w) => w > 3 || w === size).sort((a, b) => b - a);
}

function coder(model: Model, tables: Uint8Array): BlockCoder {
  const size = sizeOf(model.inputShape);
  if (tables.length < HEADER_BYTES) throw corruptBlock();
  const [width, rows] = unpackNumbers(HEADER_LAYOUT, tables);
  const stream = tables.subarray(HEADER_BYTES);
  if (!lineWidths(model).includes(width) || rows > samplesWithin(MAX_TABLE_VALUES, size) || (!rows && stream.length))
    throw corruptBlock();
  let state: Uint8Array | undefined;
  // Decoded when samples are, and not before: a few bytes may stand for a sample of any size.
  function* job(n: number): Steps<CoderInput> {
    if (rows && !state) {
      state = decodeStream(bytesCoderInput(model, width, rows * size), stream).state();
      yield 0.5;
    }
    return bytesCoderInput(model, width, n, state);
  }
  return {
    rowsPerBlock: samplesWithin(BLOCK_VALUES, size),

    *encode(values) {
      const written = encodeStream(yield* job(values.length), values);
      return concat(written ? [[CODED_BLOCK], written.bytes] : [[RAW_BLOCK], values as Uint8Array]);
    },

    *decode(payload, count) {
      const n = count * size;
      const rest = payload.slice(1);
      if (payload[0] === CODED_BLOCK) return decodeStream(yield* job(n), rest).bytes;
      if (payload[0] !== RAW_BLOCK || rest.length !== n) throw corruptBlock();
      return rest;
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
  coder,
};
