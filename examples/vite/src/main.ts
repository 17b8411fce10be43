// Removes noise from a pulse, in the page. Run `npm install && npm run dev`, or `npm run build && npm run preview`.
import { adam, autoencoder, denoiseSignal, dense, estimateNoise, fit, gaussianNoise } from 'isthmus';
import { drawLine } from './chart.ts';
import { drawPulse } from './pulse.ts';

const WINDOW = 64;
const EPOCHS = 60;
const canvas = document.querySelector('canvas')!;
const progress = document.querySelector('progress')!;

const { clean, noisy } = drawPulse(3000);
drawLine(canvas, noisy.subarray(0, 600), '#aaa', 1);

// Overlapping windows. A code of 10 numbers can hold the shape of a window, but not its noise.
const windows = Array.from({ length: (noisy.length - WINDOW) / 4 }, (_, i) => noisy.subarray(4 * i, 4 * i + WINDOW));
const model = await autoencoder(
  {
    input: [WINDOW],
    encoder: [dense({ units: 48, activation: 'gelu' }), dense({ units: 10 })],
    decoder: [dense({ units: 48, activation: 'gelu' }), dense({ units: WINDOW })],
  },
  { seed: 1 },
);
await fit(model, windows, {
  epochs: EPOCHS,
  optimizer: adam(0.003),
  corruption: gaussianNoise({ stddev: estimateNoise(noisy) }),
  onEpochEnd: (epoch) => {
    progress.value = (epoch + 1) / EPOCHS;
  },
});

const denoised = denoiseSignal(model, noisy, { overlap: 0.9 });
drawLine(canvas, denoised.subarray(0, 600), '#06c', 3);
const error = (values: Float32Array): string =>
  Math.sqrt(values.reduce((sum, value, i) => sum + (value - clean[i]!) ** 2, 0) / values.length).toFixed(3);
progress.hidden = true;
document.querySelector('output')!.textContent = `Error ${error(noisy)} before, ${error(denoised)} after.`;
