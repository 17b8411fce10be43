// The bounded mode: |x - y| <= bound for every value, whatever the model says.

import { sizeOf } from '../../layers/layer.ts';
import type { Model } from '../../model.ts';
import { Rows } from '../../samples.ts';
import type { Samples } from '../../types.ts';
import { residualModule } from '../../wasm/modules.ts';
import type { BlockCoder, Mode } from '../block.ts';
import { rangeOf } from '../bound.ts';
import type { CodecOptions } from '../options.ts';
import { floatsOf, rowsWithin } from '../values.ts';
import { decodeBlock, encodeBlock } from './block.ts';
import { calibrate, mostSamples, openTables } from './tables.ts';

/** Values in a block: 1 MB of them, a tenth of a second. */
const BLOCK = 262144;

/** The error that the options allow over samples of this range. */
function boundOf({ maxError, relativeError, psnr = 0 }: CodecOptions, samples: Samples): number {
  const range = rangeOf(Array.isArray(samples) ? samples : [samples as Float32Array | Uint8Array]) || 1;
  return maxError ?? range * (relativeError ?? 10 ** (-psnr / 20));
}

function calibrated(model: Model, samples: Samples, options: CodecOptions): Uint8Array {
  const rows = new Rows('calibrationSamples', samples, model.inputShape, true);
  const values = rows.values(0, Math.min(rows.count, mostSamples(rows.size)));
  return calibrate(model, floatsOf(values), boundOf(options, samples));
}

function coder(model: Model, tables: Uint8Array): BlockCoder {
  const settings = openTables(model, tables);
  return {
    rowsPerBlock: rowsWithin(BLOCK, sizeOf(model.inputShape)),
    encode: (values, rows, bound) => encodeBlock(settings(bound), values as Float32Array, rows)[0],
    decode: (payload, rows, bound) => decodeBlock(settings(bound), payload, rows)[0],
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

  calibrate: calibrated,
  coder,
};
