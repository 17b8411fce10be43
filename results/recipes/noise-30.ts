import { denoiseDigits } from '../noisy-digits.ts';
import type { Recipe } from '../recipe.ts';

export const recipe: Recipe = {
  name: 'noise-30',
  title: 'Noise of 0.3 removed',
  about:
    'The 10,000 test digits with normal noise of deviation 0.3, held in 0..1, which is drawn once by a fixed seed. The error is that of the cleaned images.',
  asked: { 'mean squared error': 0.0065 },
  aim: { 'mean squared error': 0.005 },
  run: (context) => denoiseDigits(context, 0.3),
};
