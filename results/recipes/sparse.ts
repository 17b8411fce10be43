import { adam, dense, sparse } from 'isthmus';
import { codeOf } from '../code.ts';
import { errorOf, exampleDigits, pictureOf } from '../digit-figures.ts';
import type { Context, Recipe, Result } from '../recipe.ts';
import { riseAndFall } from '../spec-blocks.ts';

const EPOCHS = 4;
const TARGET = 0.05;
const UNITS = 1024;

const spec = {
  input: [784],
  encoder: [dense({ units: UNITS, activation: 'relu' })],
  latent: sparse({ target: TARGET }),
  decoder: [dense({ units: 784, activation: 'sigmoid' })],
} as const;

const training = { seed: 1, epochs: EPOCHS, batchSize: 64, optimizer: adam(riseAndFall(0.001, EPOCHS * 938)) };

async function run(context: Context): Promise<Result> {
  const digits = await context.digits();
  const model = await context.train(spec, digits.train, training);
  const codes = model.encode(digits.test);
  const active = codes.reduce((sum, value) => sum + Number(value !== 0), 0) / codes.length;
  const used = new Set<number>();
  codes.forEach((value, i) => {
    if (value !== 0) used.add(i % UNITS);
  });
  const images = exampleDigits(digits);
  return {
    figures: {
      'difference from 5 %, in percentage points': Math.abs(active - TARGET) * 100,
      'share of active units, %': active * 100,
      'units active for at least one digit, of 1,024': used.size,
      'mean squared error': errorOf(model, digits.test, digits.test),
    },
    settings: codeOf(spec, training),
    pictures: [
      pictureOf('Rows: test digits, their reconstructions from 5 % of 1,024 units.', images, model.reconstruct(images)),
    ],
  };
}

export const recipe: Recipe = {
  name: 'sparse',
  title: 'A sparse code with 5 % active units',
  about:
    'The share of 1,024 units that are active on the test digits. The bottleneck is set to 5 %, and the share must be between 4.5 and 5.5 %. Its controller reaches the share without tuning.',
  required: { 'difference from 5 %, in percentage points': 0.5 },
  goal: {},
  run,
};
