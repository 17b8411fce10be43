import { adam, dense } from 'isthmus';
import { denseBlock, riseAndFall } from '../blocks.ts';
import { codeOf } from '../code.ts';
import { pictureOf, shown } from '../digits.ts';
import { errorInside, halves, holed, meanOf } from '../holes.ts';
import type { Recipe } from '../recipe.ts';

const spec = {
  input: [784],
  encoder: [...denseBlock(1024), ...denseBlock(512)],
  decoder: [...denseBlock(1024), dense({ units: 784, activation: 'sigmoid' })],
} as const;

const training = {
  seed: 1,
  epochs: 2,
  batchSize: 64,
  optimizer: adam(riseAndFall(0.005, 2 * 3750)),
};

export const recipe: Recipe = {
  name: 'hole',
  title: 'Half the image missing',
  about:
    'The left, right, upper or lower half of each of the 10,000 test digits is set to 0. The net is given such images as `x`, each training digit once with each half missing, and as `targets` what was in the hole. Its error inside the hole stands as a share of the error of the mean of all training digits there.',
  asked: { 'share of the error of the mean': 1 / 2 },
  aim: { 'share of the error of the mean': 1 / 3 },
  async run(context) {
    const digits = await context.digits();
    const { x, targets } = holed(digits.train);
    const whole = { ...training, targets };
    const model = await context.train(spec, x, whole);
    const mean = meanOf(digits.train);
    const errors = Object.keys(halves).map((name) => {
      const filled = model.reconstruct(holed(digits.test, [name]).x);
      const ours = errorInside(name, digits.test, (i) => filled[i]!);
      return { name, ours, means: errorInside(name, digits.test, (i) => mean[i % mean.length]!) };
    });
    const sum = (of: 'ours' | 'means'): number => errors.reduce((total, error) => total + error[of] / errors.length, 0);
    const images = shown(digits);
    // One picture of each class, the four halves in turn.
    const names = Object.keys(halves);
    const each = Array.from(
      { length: images.length / 784 },
      (_, i) => holed(images.subarray(i * 784, (i + 1) * 784), [names[i % names.length]!]).x,
    );
    const given = Uint8Array.from(Buffer.concat(each));
    const filled = model.reconstruct(given).map((value, i) => value + given[i]! / 255);
    return {
      figures: {
        'share of the error of the mean': sum('ours') / sum('means'),
        'mean squared error inside the hole': sum('ours'),
        'the same of the mean': sum('means'),
        ...Object.fromEntries(errors.map(({ name, ours, means }) => [`share, ${name} half missing`, ours / means])),
      },
      settings: codeOf(spec, whole),
      pictures: [
        pictureOf('Above, test digits; in the middle, what was given; below, filled in.', images, given, filled),
      ],
    };
  },
};
