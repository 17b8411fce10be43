// Denoises a signal with a model that is trained on this signal alone.
//
//   node denoise-signal.ts [readings.csv [clean.csv]]
//
// The first file has one reading in each line, in the last column, oldest first. The clean signal is written to the
// second file. Without arguments the example draws a pulse: the heart of a person who runs now and then.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { adam, autoencoder, denoiseSignal, dense, estimateNoise, fit, gaussianNoise } from 'isthmus';

const { positionals } = parseArgs({ allowPositionals: true });
const [inputFile, outputFile] = positionals;
/** Readings in a sample of the model. */
const WINDOW = 64;

/** Draws beats of varying pace and height, clean and with normal noise of standard deviation 0.3. */
function drawPulse(count: number): { clean: Float32Array; noisy: Float32Array } {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const bump = (phase: number, center: number, width: number): number => Math.exp(-(((phase - center) / width) ** 2));
  let phase = 0;
  const clean = Float32Array.from({ length: count }, (_, i) => {
    const effort = 0.5 + 0.5 * Math.sin(i / 700);
    phase = (phase + (1 + effort) / 45) % 1;
    return (1.5 + effort) * bump(phase, 0.4, 0.06) - 0.5 * bump(phase, 0.5, 0.05) + 0.4 * bump(phase, 0.75, 0.1);
  });
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { clean, noisy: clean.map((value) => value + 0.3 * normal()) };
}

/** Reads the last column of a CSV file. Lines without a number there, such as a header, are skipped. */
function readColumn(path: string): Float32Array {
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  const cells = lines.map((line) =>
    line
      .split(/[,;\t]/)
      .at(-1)!
      .trim(),
  );
  return Float32Array.from(cells.filter((cell) => cell !== '' && Number.isFinite(Number(cell))).map(Number));
}

const drawn = inputFile === undefined ? drawPulse(10_000) : undefined;
const signal = drawn ? drawn.noisy : readColumn(inputFile!);
if (signal.length < 10 * WINDOW)
  throw new RangeError(`expected at least ${10 * WINDOW} readings, got ${signal.length}`);

// Training works best with values of mean 0 and standard deviation 1.
const mean = signal.reduce((sum, value) => sum + value, 0) / signal.length;
const stddev = Math.sqrt(signal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / signal.length) || 1;
const x = signal.map((value) => (value - mean) / stddev);
const noise = estimateNoise(x);
console.log(`${signal.length} readings, noise ${(noise * stddev).toFixed(3)}`);

// Overlapping windows, as views without a copy.
const windows = Array.from({ length: Math.floor((x.length - WINDOW) / 4) }, (_, i) =>
  x.subarray(4 * i, 4 * i + WINDOW),
);
// A code of 12 numbers can hold the shape of a window, but not its noise. Additional noise during training keeps the
// model from learning the noise of the windows by heart.
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

// Each clean reading is a weighted mean over all windows that contain it. A larger overlap means more windows.
const clean = denoiseSignal(model, x, { overlap: 0.9 }).map((value) => value * stddev + mean);
console.log(`noise after: ${estimateNoise(clean).toFixed(3)}`);
if (outputFile !== undefined) writeFileSync(outputFile, `${clean.join('\n')}\n`);

if (drawn) {
  const rootMeanSquareError = (values: Float32Array): string =>
    Math.sqrt(values.reduce((sum, value, i) => sum + (value - drawn.clean[i]!) ** 2, 0) / values.length).toFixed(3);
  console.log(`error ${rootMeanSquareError(signal)} before, ${rootMeanSquareError(clean)} after`);
}
