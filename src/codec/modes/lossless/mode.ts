// The lossless mode: bytes come back exactly. Neighbours predict a byte, with statistics that began with the calibration samples.

import { concat } from '../../../core/bytes.ts';
import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Model } from '../../../model/model.ts';
import { residualModule } from '../../../wasm/modules.ts';
import { readRecord } from '../../container/record.ts';
import { defaultBlockSamples, maxTableSamples } from '../../limits.ts';
import { type BlockCoder, corruptBlock, type Mode } from '../../mode.ts';
import { decodeBytes, encodeBytes, lineWidths } from './byte-stream.ts';
import { HEADER_BYTES, headerFields } from './tables.ts';

/** First byte of a block: a stream follows, or the bytes as they are. */
const CODED_BLOCK = 0;
const RAW_BLOCK = 1;

function coder(model: Model, tables: Uint8Array): BlockCoder {
  const size = sizeOf(model.inputShape);
  if (tables.length < HEADER_BYTES) throw corruptBlock();
  const { width, samples: tableSamples } = readRecord(headerFields, tables);
  const tableStream = tables.subarray(HEADER_BYTES);
  if (!lineWidths(model.inputShape).includes(width) || tableSamples > maxTableSamples(size)) throw corruptBlock();
  if (!tableSamples && tableStream.length) throw corruptBlock();

  let state: Uint8Array | undefined;
  /** Decodes the tables, when a state is first needed: a few bytes may hold large samples. */
  function* priorState(): Steps<Uint8Array | undefined> {
    if (tableSamples && !state) {
      state = decodeBytes(model, { width, count: tableSamples * size }, tableStream).readState();
      yield 0.5;
    }
    return state;
  }

  return {
    blockSamples: defaultBlockSamples(size),

    *encode(values) {
      const stream = { width, count: values.length, priorState: yield* priorState() };
      const encoded = encodeBytes(model, stream, values as Uint8Array);
      const payload = concat(encoded ? [[CODED_BLOCK], encoded.bytes] : [[RAW_BLOCK], values as Uint8Array]);
      return { payload, decoded: values };
    },

    *decode(payload, samples) {
      const count = samples * size;
      const rest = payload.slice(1);
      if (payload[0] === CODED_BLOCK)
        return decodeBytes(model, { width, count, priorState: yield* priorState() }, rest).bytes;
      if (payload[0] !== RAW_BLOCK || rest.length !== count) throw corruptBlock();
      return rest;
    },
  };
}

/**
 * Bits of bytes, with probabilities mixed from seven contexts of neighbours. Samples of shape [n] are read as pictures of
 * the width that suits the calibration samples best.
 */
export const lossless: Mode = {
  id: 3,
  name: 'lossless',
  module: residualModule,
  coder,
};
