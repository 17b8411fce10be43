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
  const others = windows(test, LENGTH);
  // The map has 65,792 weights: windows that overlap by three quarters give a better one than windows without overlap.
  const many = context.quick ? clean : windows(train, LENGTH, LENGTH / 4);
  const power = meanSquare(clean);
  const figures: Record<string, number> = {};
  const beside: Record<string, number> = {};
  let settings = '';
  for (const ratio of RATIOS) {
    const noise = Math.sqrt(power / 10 ** (ratio / 10));
    const spec = denoisingAutoencoder({ input: [LENGTH, 1], noise });
    const training = { seed: 1, epochs: 20 };
    const model: Model = await context.train(spec, clean, training, `${ratio}`);
    const noisy = withNoise(others, noise, 1);
    const map = linearMap(withNoise(many, noise, 2), many, LENGTH, 1e-5);
    figures[`dB gained at ${ratio} dB`] = gain(others, noisy, model.reconstruct(noisy));
    beside[`dB gained at ${ratio} dB by the linear map`] = gain(others, noisy, map(noisy));
    settings = codeOf(spec, training);
  }
  return { figures: { ...figures, ...beside }, settings, pictures: [] };
}

export const recipe: Recipe = {
  name: 'denoise-speech',
  title: 'Noisy speech, by a ready-made spec',
  about:
    'White noise in spoken digits at 8 kHz: denoisingAutoencoder with its defaults but for the noise, which is that of the test; signalAutoencoder without latent builds the same net. 80 recordings train, the fifth take of each speaker and digit tests, in windows of 256. The gain is what the ratio of signal to noise rises by. Asked for is that of the best linear map, fitted by least squares to the same recordings and noise, which stands beside it.',
  asked: { 'dB gained at 0 dB': 7.2, 'dB gained at 5 dB': 5.4, 'dB gained at 10 dB': 3.6 },
  aim: { 'dB gained at 5 dB': 6.4 },
  higher: RATIOS.map((ratio) => `dB gained at ${ratio} dB`),
  decimals: 2,
  run,
};
