// Trains the detector on normal windows and writes it to detector.safetensors, on your machine: `npm run train`.

import { writeFileSync } from 'node:fs';
import { adam, anomalyDetector, autoencoder, dense, fit } from 'isthmus';

/** Readings in a window. */
const WINDOW = 24;

/** Draws normal windows: waves of varying height and phase. Yours would come from a file. */
function normalWindows(count: number): Float32Array {
  let state = 5;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const x = new Float32Array(count * WINDOW);
  for (let n = 0; n < count; n++) {
    const [height, phase] = [0.5 + random(), 6 * random()];
    for (let i = 0; i < WINDOW; i++) x[n * WINDOW + i] = height * Math.sin(phase + i / 4) + 0.05 * random();
  }
  return x;
}

const x = normalWindows(3000);
const model = await autoencoder(
  {
    input: [WINDOW],
    encoder: [dense({ units: 16, activation: 'relu' }), dense({ units: 4 })],
    decoder: [dense({ units: 16, activation: 'relu' }), dense({ units: WINDOW })],
  },
  { seed: 1 },
);
await fit(model, x.subarray(0, 2000 * WINDOW), { epochs: 40, optimizer: adam(0.003), deterministic: true });
const detector = await anomalyDetector(model, x.subarray(2000 * WINDOW), { falsePositiveRate: 0.01 });
const file = detector.save();
writeFileSync('detector.safetensors', file);
console.log(`detector.safetensors: ${(file.length / 1024).toFixed(1)} KB, threshold ${detector.threshold.toFixed(2)}`);
