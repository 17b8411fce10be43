import { cell, type Part } from '../part.ts';
import { threadsRows } from '../threads.ts';

export const threadsPart: Part = {
  name: 'threads',
  async run({ print, quick }) {
    const rows = await threadsRows(quick ? 1 : 5);
    print('\nan Adam step, strict, ms        one thread  two threads  times');
    for (const { title, one, two, differences } of rows) {
      const wrong = differences ? `  ${differences} bytes of the weights differ` : '';
      print(`${title.padEnd(34)}${cell(one * 1e3, 8, 2)}${cell(two * 1e3, 13, 2)}${cell(one / two, 7, 2)}${wrong}`);
    }
    const gain = (name: string): number => {
      const { one, two } = rows.find((row) => row.name === name)!;
      return one / two;
    };
    const differences = rows.reduce((sum, row) => sum + row.differences, 0);
    const figures = {
      'threads-conv': gain('conv'),
      'threads-dense': gain('dense'),
      'threads-different-weights': differences,
    };
    return { figures, report: rows };
  },
};
