import { rans } from '../codec.ts';
import { cell, type Part } from '../part.ts';

export const ransPart: Part = {
  name: 'rans',
  async run({ print, rounds }) {
    const report = rans(rounds);
    print('\nMB of symbols a second              bits   coding decoding');
    for (const { title, bits, coding, decoding } of report) {
      print(`${title.padEnd(34)}${cell(bits, 6, 2)}${cell(coding, 9, 0)}${cell(decoding, 9, 0)}`);
    }
    const figures = {
      'rans-coding': report.map(({ coding }) => coding),
      'rans-decoding': report.map(({ decoding }) => decoding),
    };
    return { figures, report };
  },
};
