// JavaScript that measures a model.

import { quoted } from './quote.ts';

/** A module that measures the median times of a training step and of `encode`. `file`: a model; default: a dense one. */
export function benchCode(file?: string): string {
  const names = file === undefined ? 'autoencoder, denseAutoencoder, fit' : 'fit, loadModel';
  const model =
    file === undefined
      ? 'await autoencoder(denseAutoencoder({ input: [784], latent: 64 }), { seed: 1 })'
      : `await loadModel(await readFile(${quoted(file)}))`;
  return `// Save as a file that ends with .mjs. Install: npm install isthmus
${file === undefined ? '' : "import { readFile } from 'node:fs/promises';\n"}import { ${names} } from 'isthmus';

const model = ${model};
const size = model.inputShape.reduce((product, side) => product * side, 1);
const x = Float32Array.from({ length: 60 * 32 * size }, (_, i) => 0.5 + Math.sin(i / 7) / 2);
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

const one = x.subarray(0, size);
const encodeTimes = Array.from({ length: 1000 }, () => {
  const started = performance.now();
  model.encode(one);
  return performance.now() - started;
});
console.log('encode one sample', median(encodeTimes).toFixed(4), 'ms');

const stepTimes = [];
let last = performance.now();
await fit(model, x, {
  batchSize: 32,
  onBatchEnd: () => {
    stepTimes.push(performance.now() - last);
    last = performance.now();
  },
});
console.log('training step, 32 samples', median(stepTimes).toFixed(3), 'ms');
`;
}
