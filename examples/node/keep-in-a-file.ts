// A model that outlives the process, as a file: trained in the first run, loaded in every other.
//
//   node examples/node/keep-in-a-file.ts [model.safetensors]
//   deno run --allow-read --allow-write=. examples/node/keep-in-a-file.ts [model.safetensors]
import { readFile, rename, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { autoencoder, dense, fit, loadModel, type Model, saveModel } from 'isthmus';

const path = process.argv[2] ?? 'model.safetensors';
// 500 waves of 64 values that differ in strength and phase.
const wave = (i: number, n = i >> 6): number => 0.5 + (0.2 + n / 2500) * Math.sin((i % 64) / 6 + n);
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

const file = await readFile(path).catch((error: { code?: string }) => {
  if (error.code !== 'ENOENT') throw error;
});
const model = file ? await loadModel(file, { layers: [dense] }) : await train();
if (!file) {
  // Whole or not at all: a process that dies while it writes leaves the old file as it was.
  await writeFile(`${path}.new`, saveModel(model));
  await rename(`${path}.new`, path);
}
const code = Array.from(model.encode(x.subarray(0, 64)), (value) => value.toFixed(5));
console.log(`${file ? 'loaded' : 'trained'}: the first wave is ${code.join(' ')}`);
