// The bounded mode: |x - y| <= bound for every value, whatever the model predicts.

import { sizeOf } from '../../../core/shape.ts';
import type { Model } from '../../../model/model.ts';
import { residualModule } from '../../../wasm/modules.ts';
import { defaultBlockSamples } from '../../limits.ts';
import type { BlockCoder, Mode, ValueFormat } from '../../mode.ts';
import { decodeBlock, encodeBlock } from './block.ts';
import { readTables } from './tables.ts';

function coder(model: Model, tables: Uint8Array, format: ValueFormat): BlockCoder {
  const settingsFor = readTables(model, tables, format);
  return {
    blockSamples: defaultBlockSamples(sizeOf(model.inputShape)),
    *encode(values, samples, bound) {
      return yield* encodeBlock(yield* settingsFor(bound), values, samples);
    },
    *decode(payload, samples, bound) {
      const { values } = yield* decodeBlock(yield* settingsFor(bound), payload, samples);
      return values;
    },
  };
}

/**
 * Residuals of predictions, on a grid of twice the bound less a 4096th. Predictions are blended by how well they did
 * before: least squares over neighbours, the previous value, linear extrapolation, plane and curve, earlier channels, and the
 * autoencoder. The layout of a block, and whether the autoencoder is worth the bytes of its code, are tried for each block.
 * The probability of a bit is mixed from seven contexts. Values off the grid, NaN, infinities and -0 are stored as they are.
 */
export const bounded: Mode = {
  id: 2,
  name: 'bounded',
  module: residualModule,
  coder,
};
