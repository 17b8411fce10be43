// Each layer in onnxruntime-web.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { toOnnx } from 'isthmus/onnx';
import { needing } from '../runtimes/harness.ts';
import { layerTypes } from './layer-types.ts';
import { batches, casesOf, exampleOf, largestDifference, modelOf, open, runtime } from './models.ts';

const ort = runtime();

describe('layers in ONNX', () => {
  for (const layerType of layerTypes()) {
    needing(ort ? undefined : 'onnxruntime-web', `${layerType} has the same outputs in onnxruntime-web`, async (t) => {
      const cases = casesOf(layerType);
      assert.ok(cases.length > 0, `test/onnx/cases.ts has no case for ${layerType}`);
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
  }
});
