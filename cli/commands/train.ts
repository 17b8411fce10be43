// `isthmus train`: a model from data.

import { lossNames, modelKinds } from '../../jobs/train/names.ts';
import { choice, defineCommand, flag, integer, integers, number, text, type Values } from '../command.ts';
import { dataOptions } from '../data-options.ts';

export const trainOptions = {
  kind: choice('autoencoder (default: chosen from the data)', modelKinds),
  latent: integer('size of the code; default: chosen from the data', { low: 1, high: 65536 }),
  hidden: integers('units of each hidden layer, for deep and variational', { low: 1, high: 65536 }),
  filters: integers('filters of each level, for conv, signal and denoising', { low: 1, high: 65536 }),
  epochs: integer('passes over the data; default: about 3000 steps, with early stopping', { low: 1, high: 1e6 }),
  patience: integer('epochs without a smaller validation loss after which training stops', { low: 1, high: 1e6 }),
  batchSize: integer('samples in a step; default 32', { low: 1, high: 2 ** 20 }),
  learningRate: number('learning rate of Adam; default 0.001', { low: 0, above: true }),
  noise: number('standard deviation of the noise on the input, in units of pixels (0..1) or of standardized values', {
    low: 0,
    above: true,
  }),
  loss: choice('loss (default: chosen from the kind)', lossNames),
  activation: choice('activation of the output (default: chosen from the kind)', ['linear', 'sigmoid']),
  validation: number('share of the samples for validation; default 0.1', { low: 0, high: 0.9 }),
  seed: integer('seed of the weights and of the order of samples; default 1', { low: 0 }),
  deterministic: flag('train the same bits on every machine, a little slower'),
  checkpoint: text('file to which each epoch saves the state of the training', 'file'),
  resume: text('checkpoint of an interrupted training that continues', 'file'),
  dtype: choice('type of the weights in the file', ['float32', 'float16', 'int8'], { fallback: 'float32' }),
  ...dataOptions,
} as const;

export type TrainOptions = Values<typeof trainOptions>;

export const train = defineCommand({
  name: 'train',
  summary: 'train an autoencoder on data',
  description: `The data selects the network: dense layers for rows of a table or an array, two-dimensional convolutions for pictures,
one-dimensional convolutions for windows of a series. The first layer standardizes numbers, so that the file of the model needs no
other file. Ctrl-C saves a checkpoint. --resume continues from a checkpoint.

The name of the output selects its format: .safetensors, .onnx or .c.`,
  operands: [
    { name: 'data', help: 'files of one kind: tables, arrays, pictures or recordings; "-" for a pipe', many: true },
  ],
  options: trainOptions,
  output: 'model file: .safetensors, .onnx or .c; default: the first input with .safetensors',
  examples: [
    { command: 'isthmus train readings.csv -o model.safetensors', text: 'Train on the rows of a table' },
    { command: 'isthmus train photos/*.jpg --size 32 --latent 24 -o photos.safetensors', text: 'Train on pictures' },
    {
      command: 'isthmus train machine.csv --window 64 --stride 8 -o machine.safetensors',
      text: 'Train on windows of a series',
    },
    {
      command: 'isthmus train train-images-idx3-ubyte.gz --kind variational --latent 8 -o digits.safetensors',
      text: 'Train a model that generates samples',
    },
    { command: 'isthmus train cardio.npz:X -o cardio.onnx', text: 'Write the model as ONNX' },
  ],
  async run(context, paths, options) {
    const { runTrain } = await import('../train/run.ts');
    await runTrain(context, paths, options);
  },
});
