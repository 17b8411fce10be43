// The bounded mode: |x - y| <= bound for every value, whatever the model says.

import { wrongValue } from '../../errors.ts';
import { sizeOf } from '../../layers/layer.ts';
import type { Model } from '../../model.ts';
import type { Samples } from '../../types.ts';
import { residualModule } from '../../wasm/modules.ts';
import type { BlockCoder, Mode } from '../block.ts';
import { rangeOf } from '../bound.ts';
import type { CodecOptions } from '../options.ts';
import { decodeBlock, encodeBlock } from './block.ts';
import { calibrate, mostSamples, openTables } from './tables.ts';

/** Values in a block: 1 MB of them, a tenth of a second. */
const BLOCK = 262144;

/** Samples as floats, end to end: bytes as their 255ths. */
function floats(samples: Samples): Float32Array {
  if (!Array.isArray(samples)) {
    const flat = samples as Float32Array | Uint8Array;
    return flat.BYTES_PER_ELEMENT === 4 ? (flat as Float32Array) : Float32Array.from(flat, (v) => v / 255);
  }
  const list = samples as readonly Float32Array[];
  const all = new Float32Array(list.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of list) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}

/** As many of the samples as calibration keeps: the others are not made floats. */
function first(model: Model, samples: Samples): Samples {
  const size = sizeOf(model.inputShape);
  const most = mostSamples(size);
  if (Array.isArray(samples)) return samples.slice(0, most);
  return (samples as Float32Array | Uint8Array).subarray(0, most * size);
}

/** The error that the options allow over samples of this range. */
function boundOf({ maxError, relativeError, psnr }: CodecOptions, samples: Samples): number {
  if (maxError !== undefined) return maxError;
  const range = rangeOf(Array.isArray(samples) ? samples : [samples as Float32Array | Uint8Array]) || 1;
  if (relativeError !== undefined) return relativeError * range;
  if (psnr !== undefined) return range * 10 ** (-psnr / 20);
  throw wrongValue('options', 'one of maxError, relativeError and psnr', {});
}

function coder(model: Model, tables: Uint8Array, bound: number): BlockCoder {
  const settings = openTables(model, tables);
  const size = model.inputShape.reduce((product, n) => product * n, 1);
  return {
    rowsPerBlock: Math.max(1, Math.floor(BLOCK / size)),

    encode(values, rows) {
      return encodeBlock(settings(bound), floats(values), rows).payload;
    },

    decode(payload, rows) {
      return decodeBlock(settings(bound), payload, rows).values;
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

  calibrate: (model, samples, options) => calibrate(model, floats(first(model, samples)), boundOf(options, samples)),

  coder,
};
