import { cell, type Part } from '../part.ts';
import { denoiseRow, workersStep } from '../workers.ts';

export const workersPart: Part = {
  name: 'workers',
  async run({ print, quick }) {
    const rounds = quick ? 2 : 8;
    const denoise = await denoiseRow(rounds);
    const step = await workersStep(rounds);
    print('\nworkers without shared memory, ms    one thread  two threads  times');
    for (const { title, one, two } of step ? [denoise, step] : [denoise])
      print(`${title.padEnd(38)}${cell(one, 8, 2)}${cell(two, 13, 2)}${cell(one / two, 7, 2)}`);
    const figures = {
      'threads-denoise': denoise.one / denoise.two,
      ...(step && { 'workers-conv-chromium': step.one / step.two }),
    };
    return { figures, report: step ? [denoise, step] : [denoise] };
  },
};
