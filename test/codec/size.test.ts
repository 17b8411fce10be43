// What the file of a codec for 784-64-784 takes, trained on drawn digits.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { autoencoder, createCodec, dense, evaluate, fit, loadCodec } from 'isthmus';
import { drawDigits } from '../../examples/digits/strokes.ts';

describe('the file of a codec', () => {
  it('for 784-64-784 has 8-bit weights, 110 KB, and within 1 % the error of the model', async () => {
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
});
