// Each layer in onnxruntime-web, and read back by `fromOnnx`: by the spec in the metadata, and by the operators alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { needing } from '../runtimes/harness.ts';
import { layerTypes } from './layer-types.ts';
import { differenceByOperators, differenceBySpec, differenceInRuntime } from './measure.ts';
import { casesOf, runtime } from './models.ts';
import { rowOf, type TableRow } from './table.ts';

const ort = runtime();
const document = readFileSync(new URL('../../docs/onnx.md', import.meta.url), 'utf8');

/** The table of docs/onnx.md has the difference: other machines may round other sums. */
function agrees(layerType: string, column: keyof TableRow, difference: number | undefined): void {
  const stated = rowOf(document, layerType)?.[column];
  assert.ok(stated !== undefined, `docs/onnx.md has no row for ${layerType}: node test/onnx/write-table.ts`);
  const isClose = difference === undefined ? Number.isNaN(stated) : Math.abs(stated - difference) <= 2e-6;
  assert.ok(isClose, `docs/onnx.md states ${stated} for ${layerType}, measured ${difference}`);
}

describe('layers in ONNX', () => {
  for (const layerType of layerTypes()) {
    it(`${layerType} has cases in test/onnx/cases.ts`, () => assert.ok(casesOf(layerType).length > 0));

    needing(ort ? undefined : 'onnxruntime-web', `${layerType} has the same outputs in onnxruntime-web`, async (t) => {
      const difference = await differenceInRuntime(layerType, ort!);
      t.diagnostic(`largest difference ${difference.toExponential(1)}`);
      agrees(layerType, 'runtime', difference);
    });

    it(`${layerType} is read from its own file with the same spec and the same bits`, async () => {
      assert.equal(await differenceBySpec(layerType), 0);
    });

    it(`${layerType} is read from its operators`, async (t) => {
      const difference = await differenceByOperators(layerType);
      t.diagnostic(`largest difference ${difference?.toExponential(1) ?? 'of none: its nodes are refused'}`);
      agrees(layerType, 'operators', difference);
    });
  }
});
