import { adam, conv2dTranspose, flatten, reshape, skip } from 'isthmus';
import { codeOf } from '../code.ts';
import { exampleDigits, pictureOf } from '../digit-figures.ts';
import { errorInHalf, halves, meanImage, removeHalves } from '../half-images.ts';
import type { Recipe } from '../recipe.ts';
import { convBlock, denseBlock, riseAndFall, upBlock } from '../spec-blocks.ts';

/** The convolutions work on strokes; the dense layers between them work on the complete digit. */
const spec = {
  input: [28, 28, 1],
  encoder: [
    ...convBlock(16, 2),
    skip({
      layers: [
        ...convBlock(32, 2),
        skip({
          layers: [flatten(), ...denseBlock(512), ...denseBlock(7 * 7 * 32), reshape({ targetShape: [7, 7, 32] })],
        }),
        ...upBlock(16),
      ],
    }),
  ],
  decoder: [
    ...convBlock(16),
    conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: 'same', activation: 'sigmoid' }),
  ],
} as const;

const training = {
  seed: 1,
  epochs: 3,
  batchSize: 64,
  optimizer: adam(riseAndFall(0.005, 3 * 3750)),
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
    const { x, targets } = removeHalves(digits.train);
    const whole = { ...training, targets };
    const model = await context.train(spec, x, whole);
    const mean = meanImage(digits.train);
    const errors = halves.map((name) => {
      const filled = model.reconstruct(removeHalves(digits.test, [name]).x);
      const ours = errorInHalf(name, digits.test, (i) => filled[i]!);
      return { name, ours, means: errorInHalf(name, digits.test, (i) => mean[i % mean.length]!) };
    });
    const sum = (of: 'ours' | 'means'): number => errors.reduce((total, error) => total + error[of] / errors.length, 0);
    const images = exampleDigits(digits);
    // One example of each class; the missing half changes from one to the next.
    const each = Array.from(
      { length: images.length / 784 },
      (_, i) => removeHalves(images.subarray(i * 784, (i + 1) * 784), [halves[i % halves.length]!]).x,
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
