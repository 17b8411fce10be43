// `isthmus denoise`: photographs and recordings without their noise.

import { defineCommand, integer, number, text } from '../command.ts';
import { namingFile, UsageError } from '../errors.ts';
import { planOutputs } from '../output.ts';

/** The default name of a cleaned file: `photo.clean.jpg`. */
function cleanName(name: string): string {
  const { stem, extension } = /^(?<stem>.*?)(?<extension>\.[^.]*)?(\.gz)?$/s.exec(name)!.groups as Record<
    string,
    string
  >;
  return `${stem}.clean${extension ?? '.png'}`;
}

export const denoise = defineCommand({
  name: 'denoise',
  summary: 'remove noise from photographs (PNG, JPEG) and recordings (WAV)',
  description: `Estimates the noise of each file and removes it. No trained model is needed: the autoencoder has the weights of the
cosine transform. A file with little noise is copied without a change. --model uses a model that you trained on clean examples.

PNG pictures have 8 or 16 bits, in gray or color. Alpha does not change. The name of the output chooses its format. Default:
FILE.clean.EXT.`,
  operands: [{ name: 'files', help: 'PNG, JPEG or WAV files, or "-" for standard input', many: true }],
  options: {
    sigma: number(
      'deviation of the noise: of a picture in levels of 0..255, of a recording as a part of full scale; default: estimated',
      { low: 0, above: true, high: 255 },
    ),
    strength: number('factor of the noise level; a factor below 1 keeps more detail', {
      low: 0.1,
      high: 4,
      fallback: 1,
    }),
    model: text('trained model that removes the noise', 'file'),
    quality: integer('quality of JPEG', { low: 1, high: 100, fallback: 92 }),
    maxMegapixels: integer('largest picture in megapixels; reading takes up to 25 bytes a pixel', {
      low: 1,
      high: 2000,
      fallback: 64,
    }),
  },
  output: 'output file, folder with a slash at the end, or "-"; .png, .jpg or .wav',
  examples: [
    { command: 'isthmus denoise photo.jpg', text: 'Write photo.clean.jpg' },
    { command: 'isthmus denoise night/*.jpg -o clean/', text: 'Clean several photographs into a folder' },
    { command: 'isthmus denoise scan.png -o scan-clean.png --strength 0.7', text: 'Keep more detail' },
    { command: 'isthmus denoise speech.wav -o clean.wav', text: 'Clean a recording' },
    {
      command: 'isthmus denoise digits.png --model denoiser.safetensors',
      text: 'Use a model of "isthmus train --kind denoising"',
    },
  ],
  async run(context, files, options) {
    if (options.model !== undefined && options.sigma !== undefined)
      throw new UsageError('--model and --sigma exclude each other: a model estimates no noise');
    if (context.flags.code) {
      if (files.length > 1) throw new UsageError('--code needs one file');
      const { denoiseCodeFor } = await import('../denoise/code.ts');
      await context.print(await namingFile(files[0]!, () => denoiseCodeFor(files[0]!, context.flags.output, options)));
      return;
    }
    const keepsName = context.flags.output !== undefined;
    const outputs = planOutputs(context, files, {
      rename: (name) => (keepsName ? name.replace(/\.gz$/i, '') : cleanName(name)),
    });
    const { denoiseFile, loadDenoiser } = await import('../denoise/job.ts');
    const model = options.model === undefined ? undefined : await loadDenoiser(options.model);
    const results: Record<string, unknown>[] = [];
    await context.forEach(files, async (file, index) => {
      await namingFile(file, async () => {
        results.push(await denoiseFile(context, { file, output: outputs[index]!, options, model }));
      });
    });
    context.result(files.length === 1 ? { ...results[0] } : { files: results });
  },
});
