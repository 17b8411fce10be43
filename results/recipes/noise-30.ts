import { denoiseDigits } from '../noisy-digits.ts';
import type { Recipe } from '../recipe.ts';

export const recipe: Recipe = {
  name: 'noise-30',
  title: 'Digits with noise of 0.3',
  about:
    'The 10,000 test digits with normal noise of standard deviation 0.3, clipped to 0..1, from a fixed seed. The error is that of the denoised images.',
  required: { 'mean squared error': 0.0065 },
  goal: { 'mean squared error': 0.005 },
  run: (context) => denoiseDigits(context, 0.3),
};
