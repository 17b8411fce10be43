// The size of a codec's file.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { autoencoder, createCodec, dense, evaluate, fit, loadCodec } from 'isthmus';
import { drawDigits } from '../../tools/digits/draw.ts';
import { noise } from '../kernels/harness.ts';

describe('the file of a codec', () => {
  it('for a model 784-64-784 has 8-bit weights, at most 110 KB, and an error within 1 % of that of the model', async () => {
    const { train, test } = drawDigits(2000, 500, 3);
    const spec = {
      input: [784],
      encoder: [dense({ units: 64, activation: 'relu' })],
      decoder: [dense({ units: 784, activation: 'sigmoid' })],
    } as const;
    const model = await autoencoder(spec, { seed: 42 });
    await fit(model, train, { epochs: 10, deterministic: true });
    const file = (await createCodec(model, train, { step: 0.3 })).save();
    const codec = await loadCodec(file);
    const y = codec.decompress(codec.compress(test));
    const error = y.reduce((sum, value, i) => sum + ((value - test[i]!) / 255) ** 2, 0) / y.length;
    const own = evaluate(model, test).meanSquaredError;
    assert.match(new TextDecoder('latin1').decode(file), /"decoder\.0\.kernel":\{"dtype":"I8"/);
    assert.ok(error <= 1.01 * own, `${error}, of the model ${own}`);
    assert.ok(file.length <= 110 * 1024, `${file.length} bytes`);
  });

  it('and the compressed data are together smaller than few samples, even for a model with almost no error', async () => {
    // Sums of three sines, on which the model has almost no error.
    const random = noise(3 * 200, 7);
    const x = Float32Array.from({ length: 200 * 200 }, (_, at) => {
      const [row, t] = [Math.floor(at / 200), at % 200];
      return [0, 1, 2].reduce((sum, k) => sum + random[3 * row + k]! * Math.sin((k + 1) * (t / 30 + k)), 0);
    });
    const spec = { input: [200], encoder: [dense({ units: 100 })], decoder: [dense({ units: 200 })] } as const;
    const model = await autoencoder(spec, { seed: 1 });
    await fit(model, x, { epochs: 150, deterministic: true });
    const made = async (dtype?: 'float32') => {
      const codec = await createCodec(model, x, { step: 0.2, ...(dtype && { dtype }) });
      const bytes = codec.compress(x);
      const y = codec.decompress(bytes);
      const error = y.reduce((sum, value, i) => sum + (value - x[i]!) ** 2, 0) / y.length;
      return { error, size: codec.save().length + bytes.length };
    };
    const [own, exact] = [await made(), await made('float32')];
    assert.ok(own.size < 0.6 * x.byteLength, `${own.size} bytes of ${x.byteLength}`);
    assert.ok(exact.size > x.byteLength, `${exact.size} bytes of ${x.byteLength}`);
    assert.ok(own.error <= 2.1 * exact.error, `${own.error}, with float32 ${exact.error}`);
  });
});
