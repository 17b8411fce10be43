// `isthmus inspect`: the kind and the content of a file, and the commands that take it.

import { defineCommand } from '../command.ts';
import { Failure, namingFile } from '../errors.ts';

/** Lines that describe a file of tensors or a model of ONNX. Errors: Failure for other files. */
async function codeOf(file: string): Promise<string> {
  const { inspectCode, inspectOnnxCode } = await import('../../jobs/code/inspect.ts');
  const { describeFile } = await import('../inspect/describe.ts');
  const { format } = await describeFile(file);
  if (format === 'safetensors') return inspectCode(file);
  if (format === 'onnx') return inspectOnnxCode(file);
  const advice = 'isthmus train FILE --code prints JavaScript that reads data';
  throw new Failure(`--code of this command is for .safetensors and .onnx files: ${advice}`);
}

export const inspect = defineCommand({
  name: 'inspect',
  summary: 'describe files: kinds, shapes, types and sizes',
  description:
    'Reads models, checkpoints, codecs, detectors and compressed data of isthmus, and files of other tools: safetensors, ONNX, NumPy, CSV, JSON, Parquet, IDX, PNG, JPEG, WAV, HDF5, Keras and PyTorch.',
  operands: [{ name: 'files', help: 'files of any kind, or "-" for standard input', many: true }],
  options: {},
  examples: [
    { command: 'isthmus inspect model.safetensors', text: 'Show the layers and weights of a model' },
    { command: 'isthmus inspect data/*', text: 'Describe the files of a folder' },
    { command: 'isthmus inspect cardio.npz:X --json', text: 'Describe one array of an archive as JSON' },
  ],
  async run(context, files) {
    if (context.flags.code) {
      await context.print(await namingFile(files[0]!, () => codeOf(files[0]!)));
      return;
    }
    const [{ describeFile }, { reportText }, { sizeText }] = await Promise.all([
      import('../inspect/describe.ts'),
      import('../inspect/report.ts'),
      import('../formats/limits.ts'),
    ]);
    const described: object[] = [];
    context.result({ files: described });
    let isFirst = true;
    await context.forEach(files, async (file) => {
      const { report, format, bytes } = await namingFile(file, () => describeFile(file));
      const { kind, facts, list, uses } = report;
      described.push({
        file,
        format,
        kind,
        bytes,
        ...facts,
        ...(list && { [list.name]: list.items }),
        uses: uses.map((use) => use.replaceAll('FILE', file)),
      });
      await context.print(`${isFirst ? '' : '\n'}${reportText(file, sizeText(bytes), report)}`);
      isFirst = false;
    });
  },
});
