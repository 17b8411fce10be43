import { quantize, saveModel } from 'isthmus';
import { MissingData } from '../../results/recipe.ts';
import { openData } from '../../tools/results/data.ts';
import { compareTimes, convModel, denoisedPhotographs, denseModel, digitErrors, weightBytes } from '../eight.ts';
import { cell, type Part } from '../part.ts';
import { pixels } from '../workloads.ts';

/** The result of `measure`, or undefined where its data is missing. */
async function withData<T>(print: (line: string) => void, measure: () => Promise<T>): Promise<T | undefined> {
  try {
    return await measure();
  } catch (error) {
    if (!(error instanceof MissingData)) throw error;
    print(`eight: ${error.message}`);
    return undefined;
  }
}

/** A percentage by which `value` exceeds `base`. */
const excess = ({ float, eight }: { float: number; eight: number }): number => (eight / float - 1) * 100;

export const eightPart: Part = {
  name: 'eight',
  async run({ rounds, quick, print }) {
    print('\n8 bits, µs                 float32    8 bits     times');
    const makers = { dense: denseModel, conv: convModel };
    const times = [];
    for (const [name, make] of Object.entries(makers)) {
      const model = await make();
      const models = [model, await quantize(model, pixels(64))] as const;
      for (const rows of [32, 1]) {
        const one = compareTimes(name, models, rows, rounds);
        times.push(one);
        const cells = `${cell(one.float, 10, 1)}${cell(one.eight, 10, 1)}${cell(one.float / one.eight, 8, 2)} ×`;
        print(`${name.padEnd(6)}batch ${String(rows).padEnd(12)}${cells}`);
      }
    }
    const large = await denseModel();
    const small = await quantize(large, pixels(64));
    const file = (saveModel(small).length / saveModel(large).length) * 100;
    const memory = (weightBytes(small) / weightBytes(large)) * 100;
    print(`file ${file.toFixed(1)} %, weights ${memory.toFixed(1)} % of those in float32`);
    const data = openData(undefined, quick, print);
    const dense = await withData(print, async () => digitErrors(await denseModel(), data, 60_000, quick ? 1 : 3));
    const conv = await withData(print, async () => digitErrors(await convModel(), data, 10_000, 1));
    const photographs = await withData(print, () => denoisedPhotographs(data, quick ? 20 : 600));
    for (const [name, errors] of Object.entries({ dense, conv }))
      if (errors) print(`${name}: error ${errors.float.toFixed(6)} and ${errors.eight.toFixed(6)}`);
    if (photographs) print(`Set12: ${photographs.float.toFixed(3)} and ${photographs.eight.toFixed(3)} dB`);
    const ratios = times.map(({ name, rows, float, eight }) => [`eight-${name}-${rows}`, float / eight] as const);
    const figures = {
      ...Object.fromEntries(ratios),
      'eight-file': file,
      'eight-weights-memory': memory,
      ...(dense && { 'eight-error-dense': excess(dense) }),
      ...(conv && { 'eight-error-conv': excess(conv) }),
      ...(photographs && { 'eight-set12': photographs.float - photographs.eight }),
    };
    return { figures, report: { times, file, memory, dense, conv, photographs } };
  },
};
