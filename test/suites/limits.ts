// Limits: levels of nested layers, and sizes of loaded and decompressed data.

import type { Layer } from 'isthmus';
import { equal, fails, type Isthmus, ok, type Suite, sameBits } from './assert.ts';
import { codeOf } from './small-model.ts';

const x = Float32Array.from({ length: 12 }, (_, i) => i / 12);

type Factories = Pick<Isthmus, 'dense' | 'residual'>;

/** Nested residual layers around `leaf`, with `levels` levels in all. */
export function nestedResidual(
  { dense, residual }: Factories,
  levels: number,
  leaf: Layer = dense({ units: 3 }),
): Layer {
  let layer = leaf;
  for (let level = 1; level < levels; level++) layer = residual({ layers: [layer] });
  return layer;
}

/** The specification of a model for three values whose encoder has `levels` levels. */
export const specOfLevels = ({ dense, residual }: Factories, levels: number) => ({
  input: [3],
  encoder: [nestedResidual({ dense, residual }, levels)],
  decoder: [dense({ units: 3 })],
});

export const limits: Suite = {
  async 'a model with 256 levels of layers is built, saved and loaded, one with 257 is refused'(isthmus) {
    const { autoencoder, saveModel, loadModel, residual } = isthmus;
    const model = await autoencoder(specOfLevels(isthmus, 256), { seed: 1 });
    const bytes = saveModel(model);
    const back = await loadModel(bytes);
    sameBits(saveModel(back), bytes, 'bytes');
    sameBits(back.reconstruct(x), model.reconstruct(x));
    const message = /"layers" expected at most 256 levels of layers, got 257/;
    await fails(() => autoencoder(specOfLevels(isthmus, 257)), 'RangeError', message);
    const spec = specOfLevels(isthmus, 2);
    let [layer] = spec.encoder;
    for (let level = 0; level < 50_000; level++)
      layer = { ...residual({ layers: spec.decoder }), layers: [layer] } as never;
    await fails(() => autoencoder({ ...spec, encoder: [layer!] }), 'RangeError', message);
  },

  async 'maxBytes limits loaded files and decompressed data'(isthmus) {
    const { autoencoder, createCodec, dense, loadCodec } = isthmus;
    const model = await autoencoder(
      { input: [3], encoder: [dense({ units: 2 })], decoder: [dense({ units: 3 })] },
      { seed: 1 },
    );
    const codec = await createCodec(model, x, { maxError: 0.1 });
    const file = codec.save();
    const bytes = codec.compress(x);
    const limit = async (run: () => unknown, name: string): Promise<void> =>
      equal(
        codeOf(await fails(run, 'FormatError', new RegExp(`"${name}" expected at most .* or a larger maxBytes`))),
        'limit',
      );
    await limit(() => loadCodec(file, { maxBytes: file.length - 1 }), 'source');
    await limit(() => loadCodec(new Response(file), { maxBytes: file.length - 1 }), 'source');
    await limit(() => loadCodec(new Blob([file]), { maxBytes: file.length - 1 }), 'source');
    const back = await loadCodec(new Blob([file]), { maxBytes: file.length });
    await limit(() => back.decompress(bytes, { maxBytes: 47 }), 'bytes');
    await limit(() => back.open(bytes, { maxBytes: 47 }), 'bytes');
    sameBits(back.decompress(bytes, { maxBytes: 48 }), codec.decompress(bytes));
    ok(back.open(bytes, { maxBytes: 48 }).length === 4, 'samples');
  },
};
