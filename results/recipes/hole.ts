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
  title: 'Inpainting of half an image',
  about:
    'The left, right, upper or lower half of each of the 10,000 test digits is set to 0. The network is trained with each training digit four times, once for each missing half: `x` is the digit without that half, `targets` has the missing pixels. The figures compare its error in the missing half with the error of the mean training digit.',
  required: { 'error / error of the mean digit': 1 / 2 },
  goal: { 'error / error of the mean digit': 1 / 3 },
  async run(context) {
    const digits = await context.digits();
    const { x, targets } = removeHalves(digits.train);
    const options = { ...training, targets };
    const model = await context.train(spec, x, options);
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
        'error / error of the mean digit': sum('ours') / sum('means'),
        'mean squared error in the missing half': sum('ours'),
        'mean squared error of the mean digit': sum('means'),
        ...Object.fromEntries(
          errors.map(({ name, ours, means }) => [
            `error / error of the mean digit, ${name} half missing`,
            ours / means,
          ]),
        ),
      },
      settings: codeOf(spec, options),
      pictures: [
        pictureOf(
          'Rows: test digits, the digits with one half missing, the reconstructed digits.',
          images,
          given,
          filled,
        ),
      ],
    };
  },
};
