// One file of `isthmus detect`: reads it, finds strange stretches or rows, prints and draws the result.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import {
  findStrange,
  plotSvg,
  readDetector,
  type SeriesDetector,
  type StrangeResult,
  writeDetector,
} from '../../jobs/series/index.ts';
import type { Context } from '../context.ts';
import { namingFile } from '../errors.ts';
import { splitArrayName } from '../formats/read.ts';
import { readBytes } from '../input.ts';
import { checkOutput, writeOutput } from '../output.ts';
import { readSeries, type SeriesFile } from './read.ts';
import { highestOf, reportLines, stretchJson } from './report.ts';

/** The options of the command. */
export interface DetectOptions {
  readonly rows: boolean;
  readonly columns: string | undefined;
  readonly time: string | undefined;
  readonly window: number | undefined;
  readonly falseAlarms: number | undefined;
  readonly normal: string | undefined;
  readonly detector: string | undefined;
  readonly save: string | undefined;
  readonly plot: string | undefined;
  readonly array: string | undefined;
  readonly seed: number;
}

/** The options with the files that they name. With `normal` the first file trains the detector for all. */
export interface DetectSettings {
  readonly options: DetectOptions;
  readonly rows: boolean;
  readonly normal: SeriesFile | undefined;
  detector: SeriesDetector | undefined;
}

const namesOf = (list: string | undefined): string[] | undefined => list?.split(',').map((name) => name.trim());

/** Reads the files of `--normal` and `--detector`. */
export async function loadSettings(options: DetectOptions): Promise<DetectSettings> {
  const { detector: path, normal, rows, time, array } = options;
  const detector =
    path === undefined
      ? undefined
      : await namingFile(path, async () => await readDetector(Uint8Array.from(await readBytes(path))));
  return {
    options,
    rows: rows || detector?.kind === 'rows',
    detector,
    normal:
      normal === undefined ? undefined : await namingFile(normal, () => readSeries(normal, { rows, time, array })),
  };
}

/** One file to examine. */
export interface DetectTask {
  readonly file: string;
  readonly settings: DetectSettings;
  /** The CSV file for the scores. */
  readonly scoreFile: string | undefined;
  /** Whether the report names the file. */
  readonly several: boolean;
}

/** The default picture beside a file. Undefined where it cannot be written; then a warning says why. */
function defaultPlot(context: Context, file: string): string | undefined {
  if (file === '-' || context.flags.json) return undefined;
  const path = `${splitArrayName(file).file.replace(/\.(csv|tsv|txt|npy|npz|json|jsonl|parquet|wav)(\.gz)?$/i, '')}.strange.svg`;
  try {
    // A picture of an earlier run is replaced; its name says that this command drew it.
    if (!existsSync(path)) checkOutput(context, path);
    return path;
  } catch (error) {
    context.warn(`no picture: ${(error as Error).message}`);
    return undefined;
  }
}

/** CSV text with the score of each row. */
function scoresCsv({ scores }: StrangeResult, file: SeriesFile): string {
  const lines = ['row,time,score,strange'];
  const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  scores.forEach((score, row) => {
    const scoreText = Number.isNaN(score) ? '' : score.toFixed(4);
    lines.push([row + 1, quote(file.timeText?.(row) ?? ''), scoreText, score > 1 ? 1 : 0].join(','));
  });
  return `${lines.join('\n')}\n`;
}

/** Examines one file. */
export async function detectInFile(context: Context, { file: path, settings, scoreFile, several }: DetectTask) {
  const { options, rows, normal } = settings;
  const file = await readSeries(path, { rows, time: options.time, array: options.array });
  for (const warning of file.warnings) context.warn(several ? `${path}: ${warning}` : warning);
  const plot = options.plot ?? defaultPlot(context, path);
  const names = namesOf(options.columns);
  const { signal } = context;
  const bar = await context.progress('detect');
  let found: StrangeResult;
  try {
    found = await findStrange(
      file.series,
      {
        rows,
        ...(names && { columns: names }),
        ...(options.window !== undefined && { window: options.window }),
        ...(options.falseAlarms !== undefined && { falseAlarms: options.falseAlarms }),
        ...(normal && { normal: normal.series }),
        ...(settings.detector && { detector: settings.detector }),
        seed: options.seed,
      },
      { signal, onProgress: (done) => bar.update(done) },
    );
  } finally {
    bar.stop();
  }
  if (normal) settings.detector = found.detector;
  const notes = [...file.notes, ...found.notes];
  for (const note of notes) context.say(several ? `${path}: ${note}` : `note: ${note}`);
  if (scoreFile !== undefined) await writeOutput(context, scoreFile, scoresCsv(found, file));
  const name = path === '-' ? 'standard input' : basename(path);
  if (plot !== undefined && plot !== 'none') {
    const { order, scores, stretches, columns } = found;
    const drawn = columns.map((column) => file.series.columns.find((candidate) => candidate.name === column)!);
    const { times } = file.series;
    await writeOutput(
      context,
      plot,
      plotSvg({ title: name, columns: drawn, scores, stretches, order, ...(times && { times }) }),
    );
  }
  const written = plot === undefined || plot === 'none' ? undefined : plot;
  await context.print(
    reportLines({ name, found, file, width: process.stdout.isTTY ? process.stdout.columns : undefined }).join('\n'),
  );
  if (written !== undefined) context.say(`picture: ${written}`);
  if (scoreFile !== undefined && scoreFile !== '-') context.say(`scores: ${scoreFile}`);
  return {
    detector: () => writeDetector(found.detector),
    result: {
      file: path,
      rows: file.series.columns[0]?.values.length ?? 0,
      columns: found.columns,
      window: found.window,
      falseAlarms: found.detector.falseAlarms,
      highestScore: highestOf(found.scores),
      stretches: found.stretches.map((stretch) => stretchJson(stretch, file)),
      ...(notes.length > 0 && { notes }),
      ...(written !== undefined && { plot: written }),
    },
  };
}
