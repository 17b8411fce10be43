// A model that outlives the process: the first run trains it and writes a file, every later run loads the file.
//
//   node keep-in-a-file.ts [model.safetensors]
//   deno run --allow-read --allow-write=. keep-in-a-file.ts [model.safetensors]

import { readFile, rename, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { autoencoder, dense, fit, loadModel, type Model, saveModel } from 'isthmus';

const { positionals } = parseArgs({ allowPositionals: true });
const [path = 'model.safetensors'] = positionals;

// 500 waves of 64 values, which differ in height and phase.
const wave = (i: number, n = Math.floor(i / 64)): number => 0.5 + (0.2 + n / 2500) * Math.sin((i % 64) / 6 + n);
const x = Float32Array.from({ length: 500 * 64 }, (_, i) => wave(i));

async function train(): Promise<Model> {
  const model = await autoencoder({
    input: [64],
    encoder: [dense({ units: 32, activation: 'relu' }), dense({ units: 3 })],
    decoder: [dense({ units: 32, activation: 'relu' }), dense({ units: 64, activation: 'sigmoid' })],
  });
  await fit(model, x, { epochs: 20 });
  return model;
}

/** Reads the file; undefined where it does not exist. */
const readModel = (): Promise<Uint8Array | undefined> =>
  readFile(path).catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

const file = await readModel();
const model = file ? await loadModel(file, { layers: [dense] }) : await train();
if (!file) {
  // The rename replaces the file in one step: a process that dies while it writes leaves no half of a file.
  await writeFile(`${path}.new`, saveModel(model));
  await rename(`${path}.new`, path);
}
const code = Array.from(model.encode(x.subarray(0, 64)), (value) => value.toFixed(5));
console.log(`${file ? 'loaded' : 'trained'}: the first wave is ${code.join(' ')}`);
