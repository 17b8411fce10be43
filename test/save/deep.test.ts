// Nested layers: a model of up to MAX_NESTING levels can be built, trained, saved and loaded; deeper nesting is refused by
// `autoencoder`.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  autoencoder,
  createCodec,
  dense,
  fit,
  flatten,
  type Layer,
  loadCheckpoint,
  loadCodec,
  loadModel,
  type Model,
  residual,
  saveCheckpoint,
  saveModel,
  sgd,
  skip,
} from 'isthmus';
import { MAX_NESTING } from '../../src/engine/define-layer.ts';
import { nestedResidual as nestedIn } from '../suites/limits.ts';

const x = Float32Array.from({ length: 12 }, (_, i) => Math.fround(i / 12));

const nested = (levels: number, leaf?: Layer): Layer => nestedIn({ dense, residual }, levels, leaf);

const built = (...encoder: Layer[]): Promise<Model> =>
  autoencoder({ input: [3], encoder, decoder: [dense({ units: 3 })] }, { seed: 1 });

const refused = (run: () => unknown): Promise<void> =>
  assert.rejects(
    async () => run(),
    (error: Error) => {
      assert.ok(error instanceof RangeError);
      assert.match(
        error.message,
        new RegExp(`expected at most ${MAX_NESTING} levels of layers, got ${MAX_NESTING + 1}`),
      );
      return true;
    },
  );

describe('nested layers', () => {
  for (const levels of [2, 201, MAX_NESTING])
    it(`a model of ${levels} levels is built, trained, saved and loaded`, async () => {
      // A residual adds its input to its output, so values double at each level and would overflow float32.
      const model = await built(nested(levels, dense({ units: 3 })));
      const scaled = Object.fromEntries(
        Object.entries(model.weights).map(([name, { shape, data }]) => [
          name,
          { shape, data: name.startsWith('encoder') ? data.map((value) => value * 2 ** -levels) : data },
        ]),
      );
      model.setWeights(scaled);
      await fit(model, x, { optimizer: sgd({ learningRate: 1e-30 }) });
      const codec = await createCodec(model, x, { maxError: 0.1 });
      const same = (other: Model): void => assert.deepEqual(other.weights, model.weights);
      same(await loadModel(saveModel(model)));
      same((await loadCheckpoint(saveCheckpoint(model))).model);
      const bytes = codec.compress(x);
      assert.deepEqual((await loadCodec(codec.save())).decompress(bytes), codec.decompress(bytes));
    });

  it(`a model of more than ${MAX_NESTING} levels is refused when it is built`, async () => {
    await refused(() => built(nested(MAX_NESTING + 1)));
    await refused(() => nested(10_000));
    await refused(() => built(dense({ units: 3 }), residual({ layers: [nested(MAX_NESTING)] })));
  });

  it(`handmade layers of more than ${MAX_NESTING} levels are refused, and so is a layer that contains itself`, async () => {
    let layer: Layer = dense({ units: 3 });
    const template = residual({ layers: [layer] });
    for (let level = 1; level < 100_000; level++) layer = { ...template, layers: [layer] } as Layer;
    await refused(() => built(layer));
    await refused(() => residual({ layers: [layer] }));
    const cyclic = { ...template, layers: [] as Layer[] };
    cyclic.layers.push(cyclic as Layer);
    await refused(() => built(cyclic as Layer));
  });

  it('a layer whose options were changed after its factory returned is validated again', async () => {
    const layer = { ...dense({ units: 3 }), units: 0 } as Layer;
    assert.throws(
      () => residual({ layers: [layer] }),
      /"residual\.layers\[0\]\.units" expected integer 1\.\.16777216, got 0/,
    );
    await assert.rejects(built(layer), /"encoder\[0\]\.units" expected integer 1\.\.16777216, got 0/);
  });

  it('29 nested skip layers are saved and loaded', async () => {
    let layer: Layer = flatten();
    for (let level = 1; level < 30; level++) layer = skip({ layers: [layer, dense({ units: 1 })] });
    const model = await built(layer, dense({ units: 3 }));
    assert.deepEqual((await loadModel(saveModel(model))).weights, model.weights);
  });
});
