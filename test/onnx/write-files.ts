// node test/onnx/write-files.ts FOLDER: writes the ONNX files of all cases, each part in a file. For test/onnx/check.py.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toOnnx } from 'isthmus/onnx';
import { layerTypes } from './layer-types.ts';
import { casesOf, modelOf } from './models.ts';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: node test/onnx/write-files.ts FOLDER');
mkdirSync(folder, { recursive: true });
let count = 0;
for (const layerType of layerTypes()) {
  for (const [i, one] of casesOf(layerType).entries()) {
    const model = await modelOf(one);
    for (const part of one.parts) {
      writeFileSync(join(folder, `${layerType}-${i}-${part}.onnx`), toOnnx(model, { part }));
      count++;
    }
  }
}
console.log(`${count} files`);
