// `isthmus encode`: samples to codes.

import { defineCommand, type Values } from '../command.ts';
import { dataOptions } from '../data-options.ts';

export const encodeOptions = { ...dataOptions } as const;

export type EncodeOptions = Values<typeof encodeOptions>;

export const encode = defineCommand({
  name: 'encode',
  summary: 'turn samples into the codes of a model',
  description:
    'Reads the columns, windows and picture size that the model was trained with. Replaces missing cells of a table by the mean of the training data. Writes the codes of all inputs to one file.',
  operands: [
    { name: 'model', help: 'model of "isthmus train", or .onnx' },
    { name: 'data', help: 'tables, arrays, pictures or recordings; "-" for a pipe', many: true },
  ],
  options: encodeOptions,
  output: 'file of codes: .npy, .csv, .json or .safetensors; default: the first input with .codes.npy',
  examples: [
    { command: 'isthmus encode model.safetensors readings.csv -o codes.npy', text: 'Encode the rows of a table' },
    { command: 'isthmus encode photos.safetensors photos/*.jpg -o codes.csv', text: 'Encode pictures, as CSV' },
    { command: 'cat new.csv | isthmus encode model.safetensors - > codes.npy', text: 'Encode from a pipe to a pipe' },
  ],
  async run(context, operands, options) {
    const { runEncode } = await import('../model/encode.ts');
    await runEncode(context, operands, options);
  },
});
