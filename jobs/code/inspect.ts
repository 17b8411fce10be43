// JavaScript that does the same as `isthmus inspect` with a model.

/** Lines that print the layers and weights of a model file. */
export const inspectCode = (file: string): string => `import { readFile } from 'node:fs/promises';
import { loadModel, readSafetensors } from 'isthmus';

const bytes = await readFile(${JSON.stringify(file)});
const { tensors, metadata } = readSafetensors(bytes);
for (const [name, { dtype, shape }] of Object.entries(tensors)) console.log(name, dtype, shape);
if (metadata.format === 'isthmus') console.log((await loadModel(bytes)).summary());
`;
