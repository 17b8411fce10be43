// `isthmus sample`: new samples of a model.

import { defineCommand, integer, text, type Values } from '../command.ts';
import { dataOptions } from '../data-options.ts';

export const sampleOptions = {
  count: integer('number of samples', { short: 'n', low: 1, high: 65536, fallback: 16 }),
  seed: integer('seed: the same seed gives the same samples', { low: 0, fallback: 1 }),
  like: text('data for the distribution of codes, for models that are not variational', 'file'),
  rate: integer('frames a second of a .wav output', { low: 1 }),
  ...dataOptions,
} as const;

export type SampleCommandOptions = Values<typeof sampleOptions>;

export const sample = defineCommand({
  name: 'sample',
  summary: 'generate new samples',
  description:
    'Draws codes from a distribution and decodes them. A variational model has a distribution of codes. For other models --like fits a mixture of normal distributions to the codes of data.',
  operands: [{ name: 'model', help: 'model of "isthmus train", or .onnx' }],
  options: sampleOptions,
  output: 'file of samples: .png, .npy, .csv, .json, .wav or .safetensors; default: by the data of the training',
  examples: [
    { command: 'isthmus sample digits.safetensors -n 16 --seed 7 -o sheet.png', text: 'Draw 16 new digits' },
    {
      command: 'isthmus sample model.safetensors --like readings.csv -n 100 -o new.csv',
      text: 'Generate 100 rows of a table',
    },
  ],
  async run(context, operands, options) {
    const { runSample } = await import('../model/decode.ts');
    await runSample(context, operands, options);
  },
});
