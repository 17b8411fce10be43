import { mkdirSync, writeFileSync } from 'node:fs';
import { cell, type Part } from '../part.ts';
import { measureScaling, scalingChart } from '../startup-memory-scaling.ts';

const results = new URL('../results/', import.meta.url);

export const scalingPart: Part = {
  name: 'scaling',
  async run({ print, quick }) {
    const report = await measureScaling(quick);
    const { samples, weights } = report;
    print('\nbatch   µs a sample          weights   ns a weight and sample');
    samples.forEach(({ rows, microseconds }, i) => {
      const size = weights[i];
      const right = size ? `${String(size.weights).padStart(20)}   ${size.nanoseconds.toFixed(3)}` : '';
      print(`${String(rows).padStart(5)}   ${cell(microseconds, 8, 2)}   ${right}`);
    });
    mkdirSync(results, { recursive: true });
    writeFileSync(new URL('scaling.svg', results), await scalingChart(report));
    return { figures: {}, report };
  },
};
