// `isthmus decode`: codes to samples.

import { choice, defineCommand, integer, text, type Values } from '../command.ts';
import { dataFormats } from '../formats/format-names.ts';

export const decodeOptions = {
  format: choice('format of the codes, where the content does not show it', dataFormats),
  array: text('array of an .npz or .safetensors file', 'name'),
  rate: integer('frames a second of a .wav output', { low: 1 }),
} as const;

export type DecodeOptions = Values<typeof decodeOptions>;

export const decode = defineCommand({
  name: 'decode',
  summary: 'turn codes into samples',
  operands: [
    { name: 'model', help: 'model of "isthmus train", or .onnx' },
    { name: 'codes', help: 'file of codes, such as codes.npy; "-" for a pipe' },
  ],
  options: decodeOptions,
  output: 'file of samples: .npy, .csv, .json, .png, .wav or .safetensors; default: by the data of the training',
  examples: [
    { command: 'isthmus decode model.safetensors codes.npy -o decoded.csv', text: 'Write the rows of a table' },
    { command: 'isthmus decode photos.safetensors codes.npy -o decoded.png', text: 'Show all pictures on one sheet' },
    {
      command: 'isthmus encode model.safetensors new.csv -o - | isthmus decode model.safetensors - -o decoded.csv',
      text: 'Encode and decode in a pipe',
    },
  ],
  async run(context, operands, options) {
    const { runDecode } = await import('../model/decode.ts');
    await runDecode(context, operands, options);
  },
});
