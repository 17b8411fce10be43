import type { GemmRow } from '../gemm.ts';
import { cell, type Part } from '../part.ts';

/** Percent of the peak of a flavour that NN, NT and TN reach, in all sizes. */
const shares = (rows: readonly GemmRow[], flavour: string): number[] =>
  rows
    .filter((row) => row.flavour === flavour)
    .flatMap(({ peak, NN, NT, TN }) => [NN, NT, TN].map((rate) => (100 * rate) / peak));

export const productsPart: Part = {
  name: 'gemm',
  async run({ print, products }) {
    const report = products();
    print('GFLOP/s                       peak  paired      NN      NT      TN');
    for (const { flavour, shape, peak, pairedPeak, NN, NT, TN } of report) {
      const rates = [peak, pairedPeak, NN, NT, TN].map((rate) => cell(rate, 7, 1));
      print(`${flavour.padEnd(8)} ${shape.padEnd(14)} ${rates.join(' ')}`);
    }
    const figures = { 'strict-products': shares(report, 'strict'), 'relaxed-products': shares(report, 'relaxed') };
    return { figures, report };
  },
};
