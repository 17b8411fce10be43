// `isthmus bench`: the speed of this machine.

import { defineCommand } from '../command.ts';

export const bench = defineCommand({
  name: 'bench',
  summary: 'measure the speed of training, encoding and compression on this machine',
  description: 'Measures three standard models, or models from files. A run takes about ten seconds.',
  operands: [
    {
      name: 'models',
      help: 'models of "isthmus train", or .onnx; default: standard models',
      many: true,
      optional: true,
    },
  ],
  options: {},
  examples: [
    { command: 'isthmus bench', text: 'Measure standard models' },
    { command: 'isthmus bench model.safetensors --json', text: 'Measure a model, for a script' },
  ],
  async run(context, models) {
    if (context.flags.code) {
      const { benchCode } = await import('../../jobs/code/bench.ts');
      await context.print(benchCode(models[0]));
      return;
    }
    const { runBench } = await import('../bench/run.ts');
    await runBench(context, models);
  },
});
