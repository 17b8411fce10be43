import { denoiseDigits } from '../noisy-digits.ts';
import type { Recipe } from '../recipe.ts';

export const recipe: Recipe = {
  name: 'noise-50',
  title: 'Noise of 0.5 removed',
  about:
    'The 10,000 test digits with normal noise of deviation 0.5, held in 0..1, which is drawn once by a fixed seed. The error is that of the cleaned images.',
  asked: { 'mean squared error': 0.0115 },
  aim: { 'mean squared error': 0.009 },
  run: (context) => denoiseDigits(context, 0.5),
};
