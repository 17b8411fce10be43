// Options of all commands that read data for a model.

import type { ModelSamples, SampleOptions } from '../jobs/samples.ts';
import { choice, integer, integers, number, text, type Values } from './command.ts';
import type { Context } from './context.ts';
import { Failure, messageOf } from './errors.ts';
import { dataFormats } from './formats/format-names.ts';

export const dataOptions = {
  format: choice('format of the data, where the content does not show it', dataFormats),
  array: text('array of an .npz or .safetensors file', 'name'),
  columns: text('columns of a table, separated by commas', 'names'),
  missing: number('number that stands for a missing value, such as -200'),
  window: integer('points of a window of a series', { low: 1, high: 2 ** 20 }),
  stride: integer('points between the starts of two windows', { low: 1, high: 2 ** 20 }),
  size: integers('width and height to which pictures are cropped and resized', { low: 1, high: 4096 }),
  shape: integers('shape of one sample of an array, such as 28,28,1', { low: 1 }),
  maxMegapixels: number('largest picture that is read, in megapixels', { low: 0, above: true, fallback: 64 }),
} as const;

export type DataOptions = Values<typeof dataOptions>;

/** The options that decide how samples are made. */
export const sampleOptionsOf = ({ columns, missing, window, stride, size, shape }: DataOptions): SampleOptions => ({
  columns: columns?.split(',').map((name) => name.trim()),
  missing,
  window,
  stride,
  size,
  shape,
});

/** Reads files to samples. Errors: Failure, with the name of the file where only that file is at fault. */
export async function readSamples(
  context: Context,
  paths: readonly string[],
  options: DataOptions,
  sampleOptions: SampleOptions,
): Promise<ModelSamples> {
  const [{ readDataset }, { samplesOf }] = await Promise.all([
    import('./formats/read.ts'),
    import('../jobs/samples.ts'),
  ]);
  const files = [];
  for (const path of paths) files.push(await readDataset(path, options));
  try {
    const samples = samplesOf(
      files.map(({ data }) => data),
      sampleOptions,
    );
    for (const note of samples.notes) context.warn(note);
    return samples;
  } catch (error) {
    const name = paths.length === 1 ? `${paths[0] === '-' ? 'standard input' : paths[0]}: ` : '';
    throw new Failure(`${name}${messageOf(error)}`, { cause: error });
  }
}
