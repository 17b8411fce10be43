import { denoisingAutoencoder } from 'isthmus';
import { addNoise } from '../../tools/digits/noise.ts';
import { linearMap } from '../../tools/least-squares.ts';
import { codeOf } from '../code.ts';
import { errorOf, exampleDigits, pictureOf } from '../digit-figures.ts';
import { meanSquare } from '../metrics.ts';
import type { Context, Recipe, Result } from '../recipe.ts';

const SIZE = 784;
/** Training digits for the network and for the linear maps. */
const TRAINING_DIGITS = 10_000;
const LEVELS = [0.2, 0.3];

const training = { seed: 1, epochs: 3 };
const specs = {
  '': denoisingAutoencoder({ input: [28, 28, 1] }),
  ', shape [784], latent 128': denoisingAutoencoder({ input: [SIZE], latent: 128 }),
};

async function run(context: Context): Promise<Result> {
  const digits = await context.digits();
  const bytes = digits.train.subarray(0, TRAINING_DIGITS * SIZE);
  const clean = Float32Array.from(bytes, (byte) => byte / 255);
  const target = Float32Array.from(digits.test, (byte) => byte / 255);
  const noisy = LEVELS.map((level) => addNoise(digits.test, level, 1));
  const figures: Record<string, number> = {};
  const images = exampleDigits(digits);
  const given = addNoise(images, 0.3, 1);
  let cleaned = given;
  for (const [name, spec] of Object.entries(specs)) {
    const model = await context.train(spec, bytes, training, `model${name.length}`);
    LEVELS.forEach((level, i) => {
      figures[`noise of ${level}${name}`] = errorOf(model, noisy[i]!, digits.test);
    });
    if (!name) cleaned = model.reconstruct(given);
  }
  LEVELS.forEach((level, i) => {
    const map = linearMap(addNoise(bytes, level, 2), clean, SIZE, 1e-3);
    figures[`noise of ${level}, linear map`] = meanSquare(map(noisy[i]!), target);
  });
  LEVELS.forEach((level, i) => {
    figures[`noise of ${level}, noisy input`] = meanSquare(noisy[i]!, target);
  });
  return {
    figures,
    settings: codeOf(specs[''], training),
    pictures: [
      pictureOf('Rows: test digits, the digits with noise of 0.3, the denoised digits.', images, given, cleaned),
    ],
  };
}

export const recipe: Recipe = {
  name: 'denoise-digits',
  title: 'Noisy digits, with a preset',
  about:
    'The preset denoisingAutoencoder with its defaults, the noise level included, trained for three epochs on 10,000 digits. Figures are mean squared errors on the 10,000 test digits with normal noise, clipped to 0..1, from a fixed seed. The required values are the errors of the best linear maps, one for each noise level, fitted by least squares to the same training digits with noise of the same level. The figures for the shape [784] use the same preset for signals.',
  required: {
    'noise of 0.2': 0.0062,
    'noise of 0.3': 0.0108,
    'noise of 0.2, shape [784], latent 128': 0.0062,
    'noise of 0.3, shape [784], latent 128': 0.0108,
  },
  goal: {},
  run,
};
