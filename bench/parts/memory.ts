import type { Part } from '../part.ts';
import { measureMemory } from '../startup-memory-scaling.ts';

const MEGABYTE = 2 ** 20;

export const memoryPart: Part = {
  name: 'memory',
  async run({ print }) {
    const report = await measureMemory();
    const { measured, parts, formula, heapGrowth } = report;
    const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(2)} MB`;
    print(
      `\nmemory while training 784-64-784: ${megabytes(measured)}, its parts and 64 KB: ${megabytes(parts)}; JavaScript heap after 10,000 steps: + ${megabytes(heapGrowth)}`,
    );
    const figures = {
      'memory-over-activations': measured / formula,
      'memory-over-parts': measured / parts,
      'heap-growth': heapGrowth / MEGABYTE,
    };
    return { figures, report };
  },
};
