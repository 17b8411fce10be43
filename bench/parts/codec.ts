import { gains, modeSpeeds } from '../bounded-codec.ts';
import { codec } from '../codec.ts';
import { cell, type Part } from '../part.ts';

export const codecPart: Part = {
  name: 'codec',
  async run({ print, rounds }) {
    const digits = await codec(rounds);
    const { compress, decompress, file } = digits;
    const perSecond = (rate: number): string => Math.round(rate).toLocaleString('en');
    print(
      `\n784-64-784, quantized, batches of 256: ${perSecond(compress)} digits a second compressed, ${perSecond(decompress)} decompressed`,
    );
    const modes = await modeSpeeds(rounds);
    print('\nbounded and lossless, MB of samples a second     compress  decompress     ratio');
    for (const row of modes)
      print(
        `${row.title.padEnd(46)}${cell(row.compress, 11, 2)}${cell(row.decompress, 12, 2)}${cell(row.ratio, 10, 2)}`,
      );
    return {
      figures: {
        'digits-compressed': compress,
        'codec-file': file / 1024,
        ...gains(modes),
        'lossless-compress': modes.at(-1)!.compress,
      },
      report: { digits, modes },
    };
  },
};
