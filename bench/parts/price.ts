import { cell, type Part } from '../part.ts';
import { penaltyCosts } from '../penalty-cost.ts';

export const pricePart: Part = {
  name: 'price',
  async run({ print }) {
    const report = await penaltyCosts();
    print('\nprice                                        without      with     times');
    for (const { name, without, with: other } of report) {
      const cells = [without, other].map((ms) => `${ms.toFixed(3)} ms`.padStart(11));
      print(`${name.padEnd(43)}${cells.join('')}${cell(other / without, 8, 2)} ×`);
    }
    const deep = report.find(({ name }) => name.includes('784-256-64'))!;
    return { figures: { 'contractive-price': deep.with / deep.without }, report };
  },
};
