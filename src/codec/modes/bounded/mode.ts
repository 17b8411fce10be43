// The bounded mode: |x - y| <= bound for every value, whatever the model says.

import { sizeOf } from '../../../core/shape.ts';
import type { Model } from '../../../model/model.ts';
import { residualModule } from '../../../wasm/modules.ts';
import type { BlockCoder, Mode, ValueFormat } from '../../mode.ts';
import { samplesWithin } from '../../values.ts';
import { decodeBlock, encodeBlock } from './block.ts';
import { settingsByBound } from './tables.ts';

/** Values in a block: 1 MB of them, a tenth of a second. */
const BLOCK_VALUES = 262144;

function coder(model: Model, tables: Uint8Array, kind: ValueFormat): BlockCoder {
  const settings = settingsByBound(model, tables, kind);
  return {
    rowsPerBlock: samplesWithin(BLOCK_VALUES, sizeOf(model.inputShape)),
    *encode(values, rows, bound) {
      return (yield* encodeBlock(yield* settings(bound), values, rows))[0];
    },
    *decode(payload, rows, bound) {
      return (yield* decodeBlock(yield* settings(bound), payload, rows))[0];
    },
  };
}

/**
 * Residuals on a grid of twice the bound, less 1/4096. What predicts them: least squares over neighbours, previous
 * value, line, plane and curve, channels before, and the autoencoder, blended by how well each did; the way a block
 * lies, and whether the autoencoder pays for its code, is tried block by block. Bits are mixed from seven contexts.
 * Values off the grid, NaN, infinities and -0 are kept as they are.
 */
export const bounded: Mode = {
  id: 2,
  name: 'bounded',
  module: residualModule,
  coder,
};
