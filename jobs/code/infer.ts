// JavaScript that encodes, decodes and samples with a model.

import { type CodePart, moduleText } from './module.ts';
import { quoted } from './quote.ts';
import { type CodeSource, readingPart } from './source.ts';

const loadPart = (model: string): CodePart => ({
  imports: { 'node:fs/promises': ['readFile'], isthmus: ['loadModel'] },
  lines: [`const model = await loadModel(await readFile(${quoted(model)}));`],
});

/** Lines that write `values`, a Float32Array, as the rows of a CSV file. */
const writePart = (size: string, output: string): CodePart => ({
  imports: { 'node:fs/promises': ['writeFile'] },
  lines: [
    `const rows = Array.from({ length: values.length / ${size} }, (_, i) => values.subarray(i * ${size}, (i + 1) * ${size}));`,
    `await writeFile(${quoted(output)}, rows.map((row) => row.join(',')).join('\\n'));`,
  ],
});

const csvName = (output: string): string => output.replace(/\.[^.]*$/, '.csv');

/** A module that writes the codes of samples as CSV without a header. */
export const encodeCode = (model: string, source: CodeSource, output: string): string =>
  moduleText([
    loadPart(model),
    readingPart(source),
    { imports: {}, lines: ['const values = model.encode(samples);', 'const size = values.length / samples.length;'] },
    writePart('size', csvName(output)),
  ]);

/** A module that decodes the codes of a `.npy` file of float32 and writes the samples as CSV without a header. */
export const decodeCode = (model: string, codes: string, output: string): string =>
  moduleText([
    loadPart(model),
    {
      imports: {},
      lines: [
        `const bytes = await readFile(${quoted(codes)});`,
        'const start = 10 + bytes[8] + 256 * bytes[9]; // after the header of NumPy',
        'const values = model.decode(new Float32Array(new Uint8Array(bytes.subarray(start)).buffer));',
        'const size = model.inputShape.reduce((product, side) => product * side, 1);',
      ],
    },
    writePart('size', csvName(output)),
  ]);

interface SampleCode {
  readonly model: string;
  readonly count: number;
  readonly seed: number;
  readonly output: string;
  /** Data whose codes are imitated, and the number of its samples. */
  readonly like?: { readonly source: CodeSource; readonly count: number };
}

/** A module that writes new samples as CSV without a header. */
export function sampleCode({ model, count, seed, output, like }: SampleCode): string {
  const from = like ? ', from' : '';
  const components = Math.min(10, like?.count ?? 10);
  const mixture = like
    ? [`const from = fitMixture(model, samples, { components: ${components}, seed: ${seed} });`]
    : [];
  return moduleText([
    loadPart(model),
    ...(like ? [readingPart(like.source)] : []),
    {
      imports: { isthmus: ['sample', ...(like ? ['fitMixture'] : [])] },
      lines: [
        ...mixture,
        `const values = sample(model, ${count}, { seed: ${seed}${from} });`,
        'const size = model.inputShape.reduce((product, side) => product * side, 1);',
      ],
    },
    writePart('size', csvName(output)),
  ]);
}
