// `isthmus decompress`: restores the files of `isthmus compress`.

import type { Decompressed } from '../../jobs/compress/decompress.ts';
import { defineCommand, flag } from '../command.ts';
import type { Context } from '../context.ts';
import { namingFile, UsageError } from '../errors.ts';
import { readBytes } from '../input.ts';
import { planOutputs, writeOutput } from '../output.ts';

const ENDING = '.isth';

/** The name without the ending of compressed files. Errors: UsageError for another name. */
function restoredName(name: string): string {
  if (name.length > ENDING.length && name.endsWith(ENDING)) return name.slice(0, -ENDING.length);
  throw new UsageError(`"${name}" does not end with ${ENDING}: use -o FILE to name the output`);
}

async function bytesOf(restored: Decompressed): Promise<Uint8Array> {
  if (restored.kind !== 'png') return restored.bytes;
  const { writePng } = await import('../formats/png.ts');
  return writePng(restored.picture);
}

async function printCode(context: Context, [path = '', ...others]: readonly string[]): Promise<void> {
  if (others.length) throw new UsageError('--code needs one file');
  if (path === '-') throw new UsageError('--code needs the name of a file');
  const { decompressCode } = await import('../../jobs/code/decompress.ts');
  const output = context.flags.output ?? restoredName(path);
  if (output === '-' || output.endsWith('/')) throw new UsageError('--code needs the name of a file after -o');
  await namingFile(path, async () => {
    await context.print(await decompressCode({ bytes: await readBytes(path), path, output }));
  });
}

export const decompress = defineCommand({
  name: 'decompress',
  summary: 'restore files that "isthmus compress" made',
  description: 'Compares the checksums of the compressed and of the restored file. Does not delete the input.',
  operands: [{ name: 'files', help: `files with the ending ${ENDING}, or "-" for standard input`, many: true }],
  options: { test: flag('restore and compare checksums, but write nothing', { short: 't' }) },
  output: `file or folder of the output (default: the name of the input without ${ENDING})`,
  examples: [
    { command: 'isthmus decompress readings.csv.isth', text: 'Write readings.csv' },
    { command: 'isthmus decompress readings.csv.isth -o - | head', text: 'Write to a pipe' },
    { command: 'isthmus decompress --test *.isth', text: 'Check files without writing' },
  ],
  async run(context, files, { test }) {
    if (context.flags.code) {
      await printCode(context, files);
      return;
    }
    // With -o, names may have any ending.
    const rename = (name: string): string =>
      context.flags.output === undefined ? restoredName(name) : nameInFolder(name);
    const outputs = test ? [] : planOutputs(context, files, { rename });
    const reports: object[] = [];
    await context.forEach(files, async (file, i) => {
      await namingFile(file, async () => {
        const input = await readBytes(file);
        const { decompressFile } = await import('../../jobs/compress/decompress.ts');
        const progress = await context.progress(`decompress ${file}`);
        let restored: Decompressed;
        try {
          const { signal } = context;
          restored = await decompressFile(input, { signal, onProgress: (done) => progress.update(done) });
        } finally {
          progress.stop();
        }
        const { kind } = restored;
        const bytes = await bytesOf(restored);
        if (!test) await writeOutput(context, outputs[i]!, bytes);
        const sizes = `${input.length.toLocaleString('en-US')} to ${bytes.length.toLocaleString('en-US')} bytes`;
        context.say(`${file}: ${sizes}${test ? ', the checksums match' : ''}`);
        const output = test ? undefined : outputs[i];
        reports.push({ input: file, output, kind, inputBytes: input.length, outputBytes: bytes.length });
      });
    });
    context.result({ files: reports });
  },
});

const nameInFolder = (name: string): string => (name.endsWith(ENDING) ? restoredName(name) : `${name}.out`);
