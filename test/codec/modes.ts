// Modes without the codec around them.

import assert from 'node:assert/strict';
import { calibrators } from '../../src/codec/calibrate.ts';
import type { Mode, ValueFormat } from '../../src/codec/mode.ts';
import type { CodecOptions } from '../../src/codec/options.ts';
import { asBytes } from '../../src/core/bytes.ts';
import { runToEnd } from '../../src/core/progress.ts';
import { autoencoder, dense, flatten, type Model, reshape, type Samples } from '../../src/index.ts';
import { engineSymbol } from '../../src/model/model.ts';
import { instantiateAll } from '../../src/wasm/load.ts';
import type { KernelModule } from '../../src/wasm/modules.ts';

/** A model for samples of a shape, with the kernels of the mode. The code has the first `units` cosines of a sample. */
export async function modelOf(mode: Mode, shape: readonly number[], units = 2): Promise<Model> {
  const size = shape.reduce((a, b) => a * b, 1);
  const model = await autoencoder(
    {
      input: shape,
      encoder: [...(shape.length > 1 ? [flatten()] : []), dense({ units })],
      decoder: [dense({ units: size }), ...(shape.length > 1 ? [reshape({ targetShape: shape })] : [])],
    },
    { seed: 3 },
  );
  const cosine = (j: number, k: number): number =>
    Math.sqrt(2 / size) * Math.cos((Math.PI * (k + 1) * (j + 0.5)) / size);
  const kernel = Float32Array.from({ length: size * units }, (_, i) => cosine(Math.floor(i / units), i % units));
  const back = Float32Array.from({ length: size * units }, (_, i) => cosine(i % size, Math.floor(i / size)));
  model.setWeights({
    [`encoder.${shape.length > 1 ? 1 : 0}.kernel`]: { shape: [size, units], data: kernel },
    'decoder.0.kernel': { shape: [units, size], data: back },
  });
  const engine = model[engineSymbol];
  const { strict } = mode.module as KernelModule;
  Object.assign(engine.kernels, await instantiateAll([strict], engine.memory.wasm));
  return model;
}

/** The functions of a mode, with their steps run at once. */
export const atOnce = (mode: Mode, kind: ValueFormat = { pixels: false }) => ({
  calibrate: (model: Model, samples: Samples, options: CodecOptions) =>
    runToEnd(calibrators[mode.name](model, samples, options, kind)),
  coder(model: Model, tables: Uint8Array) {
    const coder = mode.coder(model, tables, kind);
    return {
      /** The payload. Checks that the values which the encoder gives as decoded have the bits of those that `decode` gives. */
      encode(values: Float32Array | Uint8Array, rows: number, bound: number): Uint8Array {
        const { payload, decoded } = runToEnd(coder.encode(values, rows, bound));
        if (mode.name !== 'plain')
          assert.deepEqual(asBytes(decoded!), asBytes(runToEnd(coder.decode(payload, rows, bound))), 'decoded values');
        return payload;
      },
      decode: (payload: Uint8Array, rows: number, bound: number) => runToEnd(coder.decode(payload, rows, bound)),
    };
  },
});
