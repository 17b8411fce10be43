// The common part of the recipes latent-64 and latent-32: digits through a code of a few numbers.

import { type AutoencoderSpec, evaluate } from 'isthmus';
import { principalError } from '../tools/principal-components.ts';
import { codeOf } from './code.ts';
import { exampleDigits, pictureOf } from './digit-figures.ts';
import type { Context, Result, Training } from './recipe.ts';

/** Trains on the training digits; measures on the test digits. */
export async function compressDigits(context: Context, spec: AutoencoderSpec, training: Training): Promise<Result> {
  const digits = await context.digits();
  const model = await context.train(spec, digits.train, training);
  const numbers = model.latentShape[0]!;
  const examples = exampleDigits(digits);
  return {
    figures: {
      'mean squared error': evaluate(model, digits.test).meanSquaredError,
      [`${numbers} principal components`]: principalError(digits.train, digits.test, numbers),
    },
    settings: codeOf(spec, training),
    pictures: [
      pictureOf(
        `Rows: the first test digit of each class, its reconstruction from ${numbers} values.`,
        examples,
        model.reconstruct(examples),
      ),
    ],
  };
}
