// `isthmus detect`: the strange stretches of a series, or the strange rows of a table.

import { defineCommand, flag, integer, number, text } from '../command.ts';
import { Failure, namingFile, UsageError } from '../errors.ts';
import { checkOutput, planOutputs, writeOutput } from '../output.ts';

export const detect = defineCommand({
  name: 'detect',
  summary: 'find the strange stretches of a series, or the strange rows of a table',
  description: `Trains an autoencoder on the file itself, which may contain anomalies. A stretch is a number of consecutive rows. A
stretch is strange if its score is above 1, the threshold. The command prints the first and the last time of each strange
stretch, its score, and the columns with the largest shares of the score. It draws a picture, FILE.strange.svg.

The command uses all columns of numbers and recognizes a column of times. Missing cells and missing rows are allowed. With --rows
each row is a sample by itself, and the order of the rows has no meaning.`,
  operands: [
    { name: 'files', help: 'files with columns of numbers, such as CSV, or "-" for standard input', many: true },
  ],
  options: {
    rows: flag('take each row as a sample; the order of the rows has no meaning'),
    columns: text('columns to examine, separated by commas; default: all with numbers', 'names'),
    time: text('column with the times; default: recognized', 'name'),
    window: integer('rows of a window; default: the period of the series', { low: 4, high: 1024 }),
    falseAlarms: number('expected false alarms for each normal row; default: 0.0005, with --rows 0.01', {
      low: 1e-6,
      high: 0.1,
    }),
    normal: text('train on this file, which must not contain anomalies', 'file'),
    detector: text('apply this saved detector; train none', 'file'),
    save: text('save the trained detector', 'file'),
    plot: text('name of the picture, an SVG file; "none" draws no picture', 'file'),
    array: text('array of an .npz file', 'name'),
    seed: integer('seed of the training', { low: 0, high: Number.MAX_SAFE_INTEGER, fallback: 1 }),
  },
  output: 'write the score of each row to this CSV file',
  examples: [
    { command: 'isthmus detect machine.csv', text: 'Print the strange stretches and draw machine.strange.svg' },
    {
      command: 'isthmus detect machine.csv --columns temperature,pressure --window 288',
      text: 'Examine two columns, in windows of 288 rows',
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
        throw new UsageError(`--detector and --${dashed} exclude each other: the detector has these settings`);
    }
    if (options.rows && options.window !== undefined)
      throw new UsageError('--rows and --window exclude each other: a row is a sample by itself');
    if (files.length > 1 && options.save !== undefined && options.normal === undefined) {
      throw new UsageError('--save needs one file, or --normal: each file trains another detector');
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
