// JavaScript that does the same as `isthmus inspect` with a model.

import { quoted } from './quote.ts';

/** Lines that print the layers and weights of a model file. */
export const inspectCode = (file: string): string => `import { readFile } from 'node:fs/promises';
import { loadModel, readSafetensors } from 'isthmus';

const bytes = await readFile(${quoted(file)});
const { tensors, metadata } = readSafetensors(bytes);
for (const [name, { dtype, shape }] of Object.entries(tensors)) console.log(name, dtype, shape);
if (metadata.format === 'isthmus') console.log((await loadModel(bytes)).summary());
`;

/** Lines that print the layers and weights of a model of ONNX. */
export const inspectOnnxCode = (file: string): string => `import { readFile } from 'node:fs/promises';
import { fromOnnx } from 'isthmus/onnx';

const bytes = await readFile(${quoted(file)});
const model = await fromOnnx(bytes);
console.log(model.summary());
`;
