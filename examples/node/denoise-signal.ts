// Cleans a noisy signal with a model that learns from nothing but that signal.
//
//   node examples/node/denoise-signal.ts [readings.csv [clean.csv]]
//
// The file has one reading a line, in its last column, oldest first; the second one is written, and without it nothing
// is. Without a file the example draws the pulse of somebody who runs now and then.

import { readFileSync, writeFileSync } from 'node:fs';
import { adam, autoencoder, denoiseSignal, dense, estimateNoise, fit, gaussianNoise } from 'isthmus';

const [file, out] = process.argv.slice(2);
const WINDOW = 64;

/** Beats of varying pace and height; and the same with noise of 0.3. */
function draw(count: number): { truth: Float32Array; signal: Float32Array } {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const bump = (phase: number, at: number, width: number): number => Math.exp(-(((phase - at) / width) ** 2));
  let phase = 0;
  const truth = Float32Array.from({ length: count }, (_, i) => {
    const running = 0.5 + 0.5 * Math.sin(i / 700);
    phase = (phase + (1 + running) / 45) % 1;
    return (1.5 + running) * bump(phase, 0.4, 0.06) - 0.5 * bump(phase, 0.5, 0.05) + 0.4 * bump(phase, 0.75, 0.1);
  });
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { truth, signal: truth.map((value) => value + 0.3 * normal()) };
}

/** The last column of every line where that is a number. */
function read(path: string): Float32Array {
  const cells = readFileSync(path, 'utf8').split(/\r?\n/).map((line) => line.split(/[,;\t]/).at(-1)!.trim()); // biome-ignore format: one chain
  return Float32Array.from(cells.filter((cell) => cell !== '' && Number.isFinite(Number(cell))).map(Number));
}

const { truth, signal } = file === undefined ? draw(10_000) : { truth: undefined, signal: read(file) };
if (signal.length < 10 * WINDOW)
  throw new RangeError(`expected at least ${10 * WINDOW} readings, got ${signal.length}`);

// Training likes values of about 1.
const mean = signal.reduce((sum, value) => sum + value, 0) / signal.length;
const spread = Math.sqrt(signal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / signal.length) || 1;
const x = signal.map((value) => (value - mean) / spread);
const noise = estimateNoise(x);
console.log(`${signal.length} readings, noise ${(noise * spread).toFixed(3)}`);

// Windows that overlap: views, not copies. A code of twelve values has room for the shape of a window, and none for its
// noise; more noise while training keeps the model from learning the noise by heart.
const windows = Array.from({ length: Math.floor((x.length - WINDOW) / 4) }, (_, i) =>
  x.subarray(4 * i, 4 * i + WINDOW),
);
const model = await autoencoder(
  {
    input: [WINDOW],
    encoder: [dense({ units: 64, activation: 'gelu' }), dense({ units: 12 })],
    decoder: [dense({ units: 64, activation: 'gelu' }), dense({ units: WINDOW })],
  },
  { seed: 1 },
);
const corruption = gaussianNoise({ stddev: noise });
await fit(model, windows, { epochs: 60, optimizer: adam(0.002), corruption, deterministic: true });

// Every reading is the weighted mean of what several windows make of it, the more the larger the overlap.
const clean = denoiseSignal(model, x, { overlap: 0.9 }).map((value) => value * spread + mean);
console.log(`noise after: ${estimateNoise(clean).toFixed(3)}`);
if (out !== undefined) writeFileSync(out, `${clean.join('\n')}\n`);
if (truth) {
  const error = (values: Float32Array): string =>
    Math.sqrt(values.reduce((sum, value, i) => sum + (value - truth[i]!) ** 2, 0) / values.length).toFixed(3);
  console.log(`error ${error(signal)} before, ${error(clean)} after`);
}
