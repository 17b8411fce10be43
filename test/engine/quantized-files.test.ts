// Files of quantized models, and the formats that have no quantized layers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { toC } from '../../src/c/index.ts';
import { autoencoder, dense as floatDense, loadModel, quantize, saveModel, toStateDict } from '../../src/index.ts';
import { toOnnx } from '../../src/onnx/index.ts';
import { pictures } from '../golden/quantized.ts';
import { assertBits, samplesOf } from './quantized-models.ts';

describe('other formats', () => {
  it('refuse a quantized model', async () => {
    const spec = { input: [4], encoder: [floatDense({ units: 2 })], decoder: [floatDense({ units: 4 })] };
    const small = await quantize(await autoencoder(spec, { seed: 1 }), samplesOf(64, 1));
    for (const convert of [toOnnx, toC, toStateDict])
      assert.throws(
        () => convert(small),
        /^RangeError: "model" expected one with float weights, got a quantized model$/,
      );
  });
});

describe('the golden file of a quantized model', () => {
  const golden = (ending: string) => readFileSync(new URL(`../golden/quantized-1.${ending}`, import.meta.url));

  it('gives its recorded outputs bit by bit, and is saved with the same bytes', async () => {
    const model = await loadModel(golden('safetensors'));
    const values = new Float32Array(new Uint8Array(golden('values')).buffer);
    assertBits(model.reconstruct(pictures(5, 2)), [...values], 'outputs');
    assert.deepEqual(saveModel(model), new Uint8Array(golden('safetensors')));
  });
});
