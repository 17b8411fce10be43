import { codec } from '../codec.ts';
import type { Part } from '../part.ts';

export const codecPart: Part = {
  name: 'codec',
  async run({ print, rounds }) {
    const report = await codec(rounds);
    const { compress, decompress, file } = report;
    const perSecond = (rate: number): string => Math.round(rate).toLocaleString('en');
    print(
      `\n784-64-784, quantized, batches of 256: ${perSecond(compress)} digits a second compressed, ${perSecond(decompress)} decompressed`,
    );
    return { figures: { 'digits-compressed': compress, 'codec-file': file / 1024 }, report };
  },
};
