// `isthmus detect`: the strange stretches of a series, or the strange rows of a table.

import { defineCommand, flag, integer, number, text } from '../command.ts';
import { Failure, namingFile, UsageError } from '../errors.ts';
import { checkOutput, planOutputs, writeOutput } from '../output.ts';

export const detect = defineCommand({
  name: 'detect',
  summary: 'find what is strange in a series, or in the rows of a table',
  description: `Trains an autoencoder on the data itself, which may contain anomalies, and prints the stretches that do not resemble the rest: first
and last time, score (1 is the threshold) and columns. Draws a picture, by default FILE.strange.svg beside the file.

Columns of numbers are watched; a column of times is recognized. Gaps in columns and missing rows are allowed.
With --rows each row is a sample by itself, in any order.`,
  operands: [
    { name: 'files', help: 'files with columns of numbers, such as CSV, or "-" for standard input', many: true },
  ],
  options: {
    rows: flag('each row is a sample; the file is no series'),
    columns: text('columns to watch, separated by commas; default: all with numbers', 'names'),
    time: text('column with the times; default: recognized', 'name'),
    window: integer('rows of a window; default: the period of the series', { low: 4, high: 1024 }),
    falseAlarms: number('expected false alarms for each normal row; default: 0.0005, with --rows 0.01', {
      low: 1e-6,
      high: 0.1,
    }),
    normal: text('train on this file, which has no anomalies', 'file'),
    detector: text('use this detector in place of a training', 'file'),
    save: text('save the trained detector', 'file'),
    plot: text('picture, an SVG file; "none" for no picture', 'file'),
    array: text('array of an .npz file', 'name'),
    seed: integer('seed of the training', { low: 0, high: Number.MAX_SAFE_INTEGER, fallback: 1 }),
  },
  output: 'write the score of each row to this CSV file',
  examples: [
    { command: 'isthmus detect machine.csv', text: 'Print the strange times and draw machine.strange.svg' },
    {
      command: 'isthmus detect machine.csv --columns temperature,pressure --window 288',
      text: 'Watch two columns, in windows of 288 rows',
    },
    {
      command: 'isthmus detect today.csv --normal january.csv --save line-3.safetensors',
      text: 'Train on data without anomalies, and save the detector',
    },
    {
      command: 'isthmus detect new.csv --detector line-3.safetensors --json',
      text: 'Apply a saved detector, for a script',
    },
    {
      command: 'isthmus detect parts.csv --rows -o scores.csv',
      text: 'Find strange rows; write the score of each row',
    },
  ],
  async run(context, files, options) {
    const { detectInFile, loadSettings } = await import('../detect/job.ts');
    if (options.detector !== undefined) {
      const other = (['rows', 'columns', 'window', 'falseAlarms', 'normal', 'save'] as const).find(
        (name) => options[name],
      );
      const dashed = other?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      if (dashed)
        throw new UsageError(`--detector and --${dashed} exclude each other: the detector brings its own settings`);
    }
    if (options.rows && options.window !== undefined)
      throw new UsageError('--rows and --window exclude each other: a row is a sample by itself');
    if (files.length > 1 && options.save !== undefined && options.normal === undefined) {
      throw new UsageError('--save needs one file, or --normal: each file trains a detector of its own');
    }
    if (files.length > 1 && options.plot !== undefined && options.plot !== 'none')
      throw new UsageError('--plot needs one file');
    if (context.flags.code) {
      if (files.length > 1) throw new UsageError('--code needs one file');
      const { detectCodeFor } = await import('../detect/code.ts');
      await context.print(await namingFile(files[0]!, () => detectCodeFor(files[0]!, options)));
      return;
    }
    const scoreFiles =
      context.flags.output === undefined ? [] : planOutputs(context, files, { rename: (name) => `${name}.scores.csv` });
    if (options.save !== undefined) checkOutput(context, options.save, files);
    if (options.plot !== undefined && options.plot !== 'none') checkOutput(context, options.plot, files);
    const settings = await loadSettings(options);
    const results: Record<string, unknown>[] = [];
    let saved = false;
    await context.forEach(files, async (file, index) => {
      await namingFile(file, async () => {
        const found = await detectInFile(context, {
          file,
          settings,
          scoreFile: scoreFiles[index],
          several: files.length > 1,
        });
        results.push(found.result);
        if (options.save === undefined || saved) return;
        await writeOutput(context, options.save, found.detector());
        saved = true;
        context.say(`detector: ${options.save}`);
      });
    });
    context.result(files.length === 1 ? { ...results[0] } : { files: results });
    if (results.length === 0 && files.length > 1) throw new Failure('no file could be read');
  },
});
