// node test/onnx/write-table.ts: measures each layer and writes the table of docs/onnx.md. `npm run build` and the packages of
// test/onnx/tools come first.

import { readFileSync, writeFileSync } from 'node:fs';
import { layerTypes } from './layer-types.ts';
import { differenceByOperators, differenceBySpec, differenceInRuntime } from './measure.ts';
import { runtime } from './models.ts';
import { tableOf, withTable } from './table.ts';

const ort = runtime();
if (!ort) throw new Error('npm ci --prefix test/onnx/tools did not succeed');
const rows = [];
for (const name of layerTypes()) {
  rows.push({
    name,
    runtime: await differenceInRuntime(name, ort),
    spec: await differenceBySpec(name),
    operators: await differenceByOperators(name),
  });
}
const table = tableOf(rows);
const path = new URL('../../docs/onnx.md', import.meta.url);
writeFileSync(path, withTable(readFileSync(path, 'utf8'), table));
console.log(table);
