// Digits through a code of a few numbers: what the recipes latent-64 and latent-32 share.

import { type AutoencoderSpec, evaluate } from 'isthmus';
import { principalError } from '../tools/principal-components.ts';
import { codeOf } from './code.ts';
import { pictureOf, shown } from './digits.ts';
import type { Context, Result, Training } from './recipe.ts';

/** Trains on the training digits; measures on the test digits. */
export async function latent(context: Context, spec: AutoencoderSpec, training: Training): Promise<Result> {
  const digits = await context.digits();
  const model = await context.train(spec, digits.train, training);
  const numbers = model.latentShape[0]!;
  const images = shown(digits);
  return {
    figures: {
      'mean squared error': evaluate(model, digits.test).meanSquaredError,
      [`${numbers} principal components`]: principalError(digits.train, digits.test, numbers),
    },
    settings: codeOf(spec, training),
    pictures: [
      pictureOf(
        `Above, the first test digit of each class; below, the same from ${numbers} numbers.`,
        images,
        model.reconstruct(images),
      ),
    ],
  };
}
