// `isthmus compress`: files to smaller files, with a bound on the error of each number.

import type { CompressedFile, CompressFileOptions } from '../../jobs/compress/compress.ts';
import type { NumberCode } from '../../jobs/compress/number-bytes.ts';
import { choice, defineCommand, flag, integer, integers, text, type Values } from '../command.ts';
import type { Context } from '../context.ts';
import { namingFile, UsageError } from '../errors.ts';
import { readBytes } from '../input.ts';
import { planOutputs, writeOutput } from '../output.ts';
import { decompress } from './decompress.ts';

/** The ending of the names of compressed files. */
export const ENDING = '.isth';

const delimiters = { comma: ',', semicolon: ';', tab: '\t', bar: '|' } as const;

const rawTypes: Readonly<Record<string, NumberCode>> = {
  int8: 'i8',
  uint8: 'u8',
  int16: 'i16',
  uint16: 'u16',
  int32: 'i32',
  uint32: 'u32',
  float32: 'f32',
  float64: 'f64',
};
const rawNames = Object.keys(rawTypes);

const options = {
  maxError: text('largest error of each number, or of named columns: temperature=0.1,humidity=1', 'bound', {
    short: 'e',
  }),
  relativeError: text('largest error as a share of the range of each column, such as 0.001', 'bound'),
  lossless: flag('restore each number exactly (the default without a bound)'),
  delimiter: choice('character between cells (default: recognized)', ['comma', 'semicolon', 'tab', 'bar']),
  header: choice('whether the first row of a CSV file has the names of the columns', ['auto', 'yes', 'no'], {
    fallback: 'auto',
  }),
  raw: choice('type of the numbers of a file without a header, the lowest byte first', rawNames),
  shape: integers('lengths of the axes of the numbers of --raw; the last axis changes fastest: 512,512', { low: 1 }),
  maxMegapixels: integer('largest picture in megapixels; reading takes up to 25 bytes a pixel', {
    low: 1,
    high: 1000,
    fallback: 64,
  }),
  decompress: flag('decompress, as the command of that name', { short: 'd' }),
};

/** `0.1`, or `temperature=0.1,humidity=1`. Errors: UsageError. */
export function parseBound(name: string, input: string): number | Record<string, number> {
  const toNumber = (part: string): number => {
    const value = Number(part);
    if (part.trim() === '' || !Number.isFinite(value) || value < 0)
      throw new UsageError(`"${name}" expected a number of at least 0, or COLUMN=NUMBER,COLUMN=NUMBER, got "${input}"`);
    return value;
  };
  if (!input.includes('=')) return toNumber(input);
  const bounds: Record<string, number> = Object.create(null);
  // A comma ends a part only after a number, so that names may have commas.
  for (const part of input.match(/.*?=[^,=]*(?:,|$)/gs) ?? []) {
    const trimmed = part.replace(/,$/, '');
    const at = trimmed.lastIndexOf('=');
    bounds[trimmed.slice(0, at).trim()] = toNumber(trimmed.slice(at + 1));
  }
  return { ...bounds };
}

function jobOptions(values: Values<typeof options>): CompressFileOptions {
  const { maxError, relativeError, lossless, delimiter, header, raw, shape } = values;
  if (shape && !raw) throw new UsageError('--shape needs --raw');
  const chosen = [maxError !== undefined, relativeError !== undefined, lossless].filter(Boolean).length;
  if (chosen > 1) throw new UsageError('choose one of --max-error, --relative-error and --lossless');
  return {
    ...(maxError !== undefined && { maxError: parseBound('--max-error', maxError) }),
    ...(relativeError !== undefined && { relativeError: parseBound('--relative-error', relativeError) }),
    ...(chosen === 0 && { lossless: true }),
    ...(lossless && { lossless }),
    ...(delimiter && { delimiter: delimiters[delimiter] }),
    ...(raw && { raw: { type: rawTypes[raw]!, ...(shape && { shape }) } }),
    ...(header !== 'auto' && { header: header === 'yes' }),
  };
}

const count = (bytes: number): string => bytes.toLocaleString('en-US');
const short = (value: number): string => String(Number(value.toPrecision(3)));

/** The summary of a file, in lines. */
function describe(name: string, result: CompressedFile, others: Readonly<Record<string, number>>): string[] {
  const { bytes, inputBytes, parts, stored } = result;
  const ratio = inputBytes / bytes.length;
  const worst = parts.reduce((max, { maxError }) => Math.max(max, maxError), 0);
  const error = worst > 0 ? `largest error ${short(worst)}` : 'no error';
  const lines = [
    `${name}: ${count(inputBytes)} to ${count(bytes.length)} bytes, ratio ${ratio.toFixed(1)}, ${error}, verified`,
  ];
  const sizes = Object.entries(others).map(([tool, size]) => `${tool} ${count(size)}`);
  if (sizes.length) lines.push(`  the same file with other tools: ${sizes.join(', ')} bytes`);
  if (stored === 'bytes') lines.push('  the file is deflated, which takes the fewest bytes');
  const rows = parts.map(({ name: column, kind, bytes: size, bound, maxError }) => [
    column,
    kind,
    count(size),
    bound === undefined ? 'exact' : short(bound),
    short(maxError),
  ]);
  if (stored === 'values') lines.push(...formatRows([['column', 'kind', 'bytes', 'bound', 'largest error'], ...rows]));
  return lines;
}

/** Maximum number of rows of the table of columns. */
const MAX_ROWS = 40;

function formatRows(rows: readonly (readonly string[])[]): string[] {
  const shown = rows.slice(0, MAX_ROWS + 1);
  const widths = shown[0]!.map((_, i) => Math.max(...shown.map((row) => row[i]!.length)));
  const lines = shown.map((row) =>
    `  ${row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd(),
  );
  return rows.length > shown.length ? [...lines, `  and ${rows.length - shown.length} more columns`] : lines;
}

/** Bytes of the file with gzip and zstd, each at a high level. */
async function otherTools(bytes: Uint8Array): Promise<Record<string, number>> {
  const zlib = await import('node:zlib');
  const { gzipSync, zstdCompressSync, constants } = zlib;
  const sizes: Record<string, number> = { 'gzip -9': gzipSync(bytes, { level: 9 }).length };
  // Level 19 takes a second for each megabyte.
  const level = bytes.length < 2 ** 22 ? 19 : 3;
  // Node 22.15 and later.
  if (typeof zstdCompressSync === 'function')
    sizes[`zstd -${level}`] = zstdCompressSync(bytes, {
      params: { [constants.ZSTD_c_compressionLevel]: level },
    }).length;
  return sizes;
}

async function printCode(context: Context, files: readonly string[], options: CompressFileOptions): Promise<void> {
  const [path = '', ...others] = files;
  if (others.length) throw new UsageError('--code needs one file');
  if (path === '-') throw new UsageError('--code needs the name of a file');
  const { codeFor } = await import('../compress/code.ts');
  await namingFile(path, async () => await context.print(codeFor(path, await readBytes(path), options)));
}

export const compress = defineCommand({
  name: 'compress',
  summary: 'compress tables, arrays, sound and pictures, with a bound on the error of each number',
  description: [
    'Each printed number differs from the original number by at most the bound. Texts, times and missing cells are restored exactly.',
    `The command verifies the result, then writes it. Each file becomes one file with the ending ${ENDING}, which contains all`,
    'data that "isthmus decompress" needs. The command does not delete the input.\n\nWithout a bound, CSV, .npy and WAV files are',
    'restored byte for byte, .npz archives number for number, PNG pictures pixel for pixel. The bound of a WAV file is in units of',
    'its samples (16 bits: -32768 to 32767), the bound of a picture in levels (0 to 255). Other files are deflated. Files of gzip',
    'and zstd (.gz, .zst) are decompressed first. --raw takes numbers without a header.',
  ].join(' '),
  operands: [{ name: 'files', help: 'files of CSV, .npy, .npz, WAV or PNG, or "-" for standard input', many: true }],
  options,
  output: `file or folder of the output (default: the name of the input and ${ENDING})`,
  examples: [
    {
      command: 'isthmus compress readings.csv --max-error 0.01',
      text: 'Keep each error within 0.01; write readings.csv.isth',
    },
    {
      command: 'isthmus compress readings.csv --max-error temperature=0.1,humidity=1',
      text: 'Set the bounds of two columns; restore the others exactly',
    },
    {
      command: 'isthmus compress readings.csv --relative-error 0.001',
      text: "Set the bound to a thousandth of each column's range",
    },
    { command: 'isthmus compress logs/*.csv -o compressed/', text: 'Compress several files and restore every byte' },
    {
      command: 'cat readings.csv | isthmus compress - -e 0.01 | isthmus decompress - > back.csv',
      text: 'Compress and decompress in a pipe',
    },
  ],
  async run(context, files, values) {
    if (values.decompress) return await decompress.run(context, files, { test: false });
    const job = jobOptions(values);
    if (context.flags.code) return await printCode(context, files, job);
    const outputs = planOutputs(context, files, { rename: (name) => name.replace(/\.(gz|zst)$/i, '') + ENDING });
    const reports: object[] = [];
    await context.forEach(files, async (file, i) => {
      const output = outputs[i]!;
      await namingFile(file, async () => {
        const { decompressFile: unpack } = await import('../formats/decompress-file.ts');
        const { bytes: input } = unpack(await readBytes(file), file);
        const { compressFile } = await import('../../jobs/compress/compress.ts');
        const progress = await context.progress(`compress ${file}`);
        const started = performance.now();
        let result: CompressedFile;
        try {
          const { signal } = context;
          const { readPng } = await import('../formats/png.ts');
          result = await compressFile(
            input,
            { ...job, readPicture: (picture) => readPng(picture, values.maxMegapixels) },
            { signal, onProgress: (done) => progress.update(done) },
          );
        } finally {
          progress.stop();
        }
        const seconds = Math.round(performance.now() - started) / 1000;
        await writeOutput(context, output, result.bytes);
        const isShown = context.flags.json || !context.flags.quiet;
        const others = isShown ? await otherTools(input) : {};
        const notes = result.warnings.map((warning) => `  note: ${warning}`);
        for (const line of [...describe(file, result, others), ...notes]) context.say(line);
        const { bytes, ...report } = result;
        reports.push({
          input: file,
          output,
          ...report,
          outputBytes: bytes.length,
          ratio: input.length / bytes.length,
          otherTools: others,
          seconds,
        });
      });
    });
    context.result({ files: reports });
  },
});
