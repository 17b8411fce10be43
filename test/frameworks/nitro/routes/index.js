import { autoencoder, createCodec, dense, fit, saveModel } from 'isthmus';

/** Builds a model, trains it and compresses a batch, as a device does. */
export default async () => {
  const spec = { input: [64], encoder: [dense({ units: 8 })], decoder: [dense({ units: 64 })] };
  const m = await autoencoder(spec, { seed: 1 });
  const x = Float32Array.from({ length: 64 * 256 }, (_, i) => (i % 17) / 17);
  const { loss } = await fit(m, x, { epochs: 300, deterministic: true });
  const codec = await createCodec(m, x, { maxError: 0.01 });
  return { loss: loss.at(-1), bytes: codec.compress(x).length, file: saveModel(m).length };
};
