import type { Part } from '../part.ts';
import { listingFault, measureSpills, spillsOf } from '../spills.ts';

/** The folders or files of assembly/ by the name of a figure. */
const groups = {
  'spills-products': ['gemm/'],
  'spills-convolutions': ['conv/'],
  'spills-optimizers': ['optimizer/'],
};

export const spillsPart: Part = {
  name: 'spills',
  async run({ print }) {
    const fault = listingFault();
    if (fault) {
      print(`\nspills: ${fault}`);
      return { figures: {}, report: { fault } };
    }
    const report = measureSpills();
    print('\nmoves between vector registers and the stack       loops   moves');
    for (const kernel of report) {
      const where = `${kernel.module} ${kernel.flavour}`.padEnd(20);
      const counts = [kernel.loops.length, spillsOf(kernel)].map((count) => String(count).padStart(8)).join('');
      if (spillsOf(kernel)) print(`${where}${kernel.name.padEnd(32)}${counts}`);
    }
    const figures = Object.fromEntries(
      Object.entries(groups).map(([figure, starts]) => {
        const kernels = report.filter(({ name }) => starts.some((start) => name.startsWith(start)));
        return [figure, kernels.reduce((sum, kernel) => sum + spillsOf(kernel), 0)];
      }),
    );
    return { figures, report };
  },
};
