// One file of `isthmus denoise`.

import { basename, extname } from 'node:path';
import { loadModel, type Model } from 'isthmus';
import type { PictureData, RecordingData } from '../../jobs/dataset.ts';
import { cleanPicture } from '../../jobs/picture/index.ts';
import { cleanSound } from '../../jobs/sound/index.ts';
import type { Context } from '../context.ts';
import { Failure, namingFile, UsageError } from '../errors.ts';
import { decompressFile } from '../formats/decompress-file.ts';
import { decodeDataset } from '../formats/read.ts';
import { readBytes } from '../input.ts';
import { writeOutput } from '../output.ts';

/** The options of the command. */
export interface DenoiseOptions {
  readonly sigma: number | undefined;
  readonly strength: number;
  readonly model: string | undefined;
  readonly quality: number;
  readonly maxMegapixels: number;
}

/** One file to clean. */
export interface DenoiseTask {
  readonly file: string;
  /** The path of the result; `-` is standard output. */
  readonly output: string;
  readonly options: DenoiseOptions;
  readonly model: Model | undefined;
}

type OutputFormat = 'png' | 'jpeg' | 'wav';

/** A cleaned file. */
interface Cleaned {
  /** Bytes of the output; undefined where the input was returned as it is. */
  readonly bytes: (() => Promise<Uint8Array>) | undefined;
  readonly sigma: number | undefined;
  readonly reason: string | undefined;
  /** A description of the input, for people. */
  readonly size: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Reads the model of `--model`. Errors: Failure that names the file. */
export const loadDenoiser = (path: string): Promise<Model> =>
  namingFile(path, async () => await loadModel(Uint8Array.from(await readBytes(path))));

const formatsByExtension: Readonly<Record<string, OutputFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.jpe': 'jpeg',
  '.wav': 'wav',
  '.wave': 'wav',
};

/** The format of an output by its name; that of the input for standard output and names without an extension. */
function outputFormat(output: string, input: OutputFormat): OutputFormat {
  const extension = extname(output === '-' || output.startsWith('/dev/') ? '' : output).toLowerCase();
  const format = extension === '' ? input : formatsByExtension[extension];
  if (!format) throw new UsageError(`the output "${output}" expected a name that ends in .png, .jpg or .wav`);
  if ((format === 'wav') === (input === 'wav')) return format;
  const kinds = { png: 'a picture', jpeg: 'a picture', wav: 'a recording' };
  throw new UsageError(`the output "${output}" expected the name of ${kinds[input]}, as the input is one`);
}

/** The bytes of a picture. JPEG has 8 bits and no alpha. */
async function encodePicture(picture: PictureData, format: OutputFormat, quality: number): Promise<Uint8Array> {
  if (format === 'png') return (await import('../formats/png.ts')).writePng(picture);
  const { writeJpeg } = await import('../formats/jpeg.ts');
  const data = picture.depth === 8 ? picture.data : Uint8Array.from(picture.data, (value) => Math.round(value / 257));
  return writeJpeg({ ...picture, depth: 8, data }, quality);
}

async function cleanPictureFile(
  context: Context,
  { output, options, model }: DenoiseTask,
  data: PictureData,
  format: OutputFormat,
): Promise<Cleaned> {
  const { width, height, channels } = data;
  const target = outputFormat(output, format);
  const bar = await context.progress('denoise');
  try {
    const { picture, sigma, reason } = await cleanPicture(
      data,
      {
        strength: options.strength,
        ...(options.sigma !== undefined && { sigma: options.sigma }),
        ...(model && { model }),
      },
      { signal: context.signal, onProgress: (done) => bar.update(done) },
    );
    const isSame = reason !== undefined && target === format;
    if (target === 'jpeg' && channels % 2 === 0)
      context.warn('JPEG has no transparency: the alpha channel is not written');
    const { data: values } = picture;
    return {
      bytes: isSame ? undefined : () => encodePicture({ ...data, data: values as Uint8Array }, target, options.quality),
      sigma,
      reason,
      size: `${width} x ${height}`,
      details: { kind: 'picture', width, height, channels, bits: data.depth },
    };
  } finally {
    bar.stop();
  }
}

async function cleanSoundFile(
  context: Context,
  { output, options, model }: DenoiseTask,
  data: RecordingData,
): Promise<Cleaned> {
  outputFormat(output, 'wav');
  const bar = await context.progress('denoise');
  try {
    const { recording, sigma, reason } = await cleanSound(
      data,
      {
        strength: options.strength,
        ...(options.sigma !== undefined && { sigma: options.sigma }),
        ...(model && { model }),
      },
      { signal: context.signal, onProgress: (done) => bar.update(done) },
    );
    const seconds = data.data.length / data.channels / data.rate;
    const { writeWav } = await import('../formats/wav.ts');
    return {
      bytes: reason === undefined ? async () => writeWav({ ...data, data: recording.data }) : undefined,
      sigma,
      reason,
      size: `${seconds.toFixed(1)} s`,
      details: { kind: 'recording', seconds, channels: data.channels, rate: data.rate },
    };
  } finally {
    bar.stop();
  }
}

/** Cleans one file and writes the result. Gives its entry of the JSON document. */
export async function denoiseFile(context: Context, task: DenoiseTask): Promise<Record<string, unknown>> {
  const { file, output, options } = task;
  const bytes = await readBytes(file);
  const name = file === '-' ? '' : basename(file);
  const { data, format } = await decodeDataset(bytes, name, { maxMegapixels: options.maxMegapixels });
  if (data.kind !== 'picture' && data.kind !== 'recording') {
    throw new Failure(`the file is ${data.kind === 'table' ? 'a table' : 'an array'}: denoise takes PNG, JPEG and WAV`);
  }
  const cleaned =
    data.kind === 'picture'
      ? await cleanPictureFile(context, task, data, format as OutputFormat)
      : await cleanSoundFile(context, task, data);
  await writeOutput(context, output, cleaned.bytes ? await cleaned.bytes() : decompressFile(bytes, name).bytes);
  const { sigma, reason, size, details } = cleaned;
  const level =
    data.kind === 'picture'
      ? `${sigma?.toFixed(1)} of 255 levels`
      : `${(100 * (sigma ?? 0)).toFixed(2)} % of full scale`;
  const noise = sigma === undefined ? 'by the model' : `noise ${level}`;
  const target = output === '-' ? 'standard output' : output;
  const subject = file === '-' ? 'standard input' : file;
  context.say(`${subject}: ${size}, ${reason ? `not changed, ${reason}` : noise} -> ${target}`);
  return {
    file,
    output,
    ...details,
    ...(sigma !== undefined && { sigma }),
    changed: reason === undefined,
    ...(reason !== undefined && { reason }),
  };
}
