import { denoisingAutoencoder, type Model } from 'isthmus';
import { linearMap } from '../../tools/least-squares.ts';
import { codeOf } from '../code.ts';
import { gain, meanSquare } from '../metrics.ts';
import type { Context, Recipe, Result } from '../recipe.ts';
import { readSpeech, windows, withNoise } from '../speech.ts';

const LENGTH = 256;
const RATIOS = [0, 5, 10];

async function run(context: Context): Promise<Result> {
  const { train, test } = readSpeech(context.file('speech'));
  const clean = windows(train, LENGTH);
  const testWindows = windows(test, LENGTH);
  // The map has 65,792 weights: windows that overlap by three quarters give a better one than windows without overlap.
  const overlapping = context.quick ? clean : windows(train, LENGTH, LENGTH / 4);
  const power = meanSquare(clean);
  const figures: Record<string, number> = {};
  const linearMapFigures: Record<string, number> = {};
  let settings = '';
  for (const ratio of RATIOS) {
    const noise = Math.sqrt(power / 10 ** (ratio / 10));
    const spec = denoisingAutoencoder({ input: [LENGTH, 1], noise });
    const training = { seed: 1, epochs: 20 };
    const model: Model = await context.train(spec, clean, training, `${ratio}`);
    const noisy = withNoise(testWindows, noise, 1);
    const map = linearMap(withNoise(overlapping, noise, 2), overlapping, LENGTH, 1e-5);
    figures[`dB gained at ${ratio} dB`] = gain(testWindows, noisy, model.reconstruct(noisy));
    linearMapFigures[`dB gained at ${ratio} dB, linear map`] = gain(testWindows, noisy, map(noisy));
    settings = codeOf(spec, training);
  }
  return { figures: { ...figures, ...linearMapFigures }, settings, pictures: [] };
}

export const recipe: Recipe = {
  name: 'denoise-speech',
  title: 'Noisy speech, with a preset',
  about:
    'White noise in spoken digits at 8 kHz. The preset is denoisingAutoencoder with its defaults, except that its noise level is that of the test; signalAutoencoder without latent builds the same network. The fifth recording of each speaker and digit is test data, 80 other recordings are training data, in windows of 256 values. The gain is the rise of the signal-to-noise ratio. The required values are the gains of the best linear map, fitted by least squares to the same recordings and noise.',
  required: { 'dB gained at 0 dB': 7.2, 'dB gained at 5 dB': 5.4, 'dB gained at 10 dB': 3.6 },
  goal: { 'dB gained at 5 dB': 6.4 },
  higher: RATIOS.map((ratio) => `dB gained at ${ratio} dB`),
  decimals: 2,
  run,
};
