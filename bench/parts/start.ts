import type { Part } from '../part.ts';
import { measureStartup } from '../startup-memory-scaling.ts';

export const startPart: Part = {
  name: 'start',
  async run({ print, rounds }) {
    const report = await measureStartup(rounds);
    const { empty, difference, bundled } = report;
    print(
      `\nimport to first encode: ${difference.toFixed(1)} ms beyond Node's own ${empty.toFixed(1)} ms; in one bundle ${bundled.toFixed(1)} ms`,
    );
    return { figures: { 'start-package': difference, 'start-bundle': bundled }, report };
  },
};
