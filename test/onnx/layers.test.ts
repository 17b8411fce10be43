// Each layer in onnxruntime-web, and read back by `fromOnnx`: by the spec in the metadata, and by the operators alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FormatError, type Model } from 'isthmus';
import { fromOnnx, toOnnx } from 'isthmus/onnx';
import { needing } from '../runtimes/harness.ts';
import { layerTypes } from './layer-types.ts';
import {
  batches,
  type Case,
  casesOf,
  exampleOf,
  largestDifference,
  modelOf,
  open,
  runtime,
  withoutSpec,
} from './models.ts';

const ort = runtime();

/** Layers that only their spec restores: their operators are no layers, or mean other layers. */
const restoredBySpec = ['kSparse', 'sparse', 'quantized'];

/** The largest difference of a model's part and the model of its file, whose `predict` computes the file's output. */
function differenceOf(model: Model, read: Model, part: Case['parts'][number]): number {
  const differences = batches.map((rows) => {
    const { x, expected } = exampleOf(model, part, rows);
    return largestDifference(expected, read.predict(x));
  });
  return Math.max(...differences);
}

describe('layers in ONNX', () => {
  for (const layerType of layerTypes()) {
    const cases = casesOf(layerType);

    it(`${layerType} has cases in test/onnx/cases.ts`, () => assert.ok(cases.length > 0));

    needing(ort ? undefined : 'onnxruntime-web', `${layerType} has the same outputs in onnxruntime-web`, async (t) => {
      let largest = 0;
      for (const one of cases) {
        const model = await modelOf(one);
        for (const part of one.parts) {
          const session = await open(ort!, toOnnx(model, { part }));
          for (const rows of batches) {
            const { x, dims, expected } = exampleOf(model, part, rows);
            const { data } = await session.run(x, dims);
            const difference = largestDifference(expected, data);
            assert.ok(difference <= 1e-5, `${one.title}, ${part}, ${rows} rows: ${difference}`);
            largest = Math.max(largest, difference);
          }
          await session.release();
        }
      }
      t.diagnostic(`largest difference ${largest.toExponential(1)}`);
    });

    it(`${layerType} comes back with the same spec and the same bits`, async () => {
      for (const one of cases) {
        const model = await modelOf(one);
        for (const part of one.parts) {
          const read = await fromOnnx(toOnnx(model, { part }));
          const firstPart = part === 'decoder' ? /^decoder/ : /^(encoder|latent)/;
          const expected = Object.entries(model.weights).filter(([path]) => part === 'whole' || firstPart.test(path));
          const renamed = expected.map(([path, weight]) => [
            part === 'decoder' ? path.replace('decoder', 'encoder') : path,
            weight,
          ]);
          assert.deepEqual(read.weights, Object.fromEntries(renamed), `${one.title}, ${part}`);
          assert.equal(differenceOf(model, read, part), 0, `${one.title}, ${part}`);
          if (part === 'whole') assert.deepEqual(JSON.stringify(read.spec), JSON.stringify(model.spec));
        }
      }
    });

    it(`${layerType} is read from its operators`, async (t) => {
      let largest = 0;
      for (const one of cases) {
        const model = await modelOf(one);
        for (const part of one.parts) {
          const bytes = withoutSpec(toOnnx(model, { part }));
          const needsSpec = restoredBySpec.includes(layerType) || /backwards/.test(one.title);
          try {
            const difference = differenceOf(model, await fromOnnx(bytes), part);
            assert.ok(difference <= 1e-5, `${one.title}, ${part}: ${difference}`);
            largest = Math.max(largest, difference);
          } catch (error) {
            if (!needsSpec || !(error instanceof FormatError))
              throw new Error(`${one.title}, ${part}`, { cause: error });
          }
        }
      }
      t.diagnostic(`largest difference ${largest.toExponential(1)}`);
    });
  }
});
