// `isthmus denoise --code`.

import { denoiseCode } from '../../jobs/code/denoise.ts';
import { patchStride } from '../../jobs/picture/index.ts';
import { Failure } from '../errors.ts';
import { readDataset } from '../formats/read.ts';
import type { DenoiseOptions } from './job.ts';

/** JavaScript that does the same for a file. */
export async function denoiseCodeFor(
  path: string,
  output: string | undefined,
  options: DenoiseOptions,
): Promise<string> {
  if (path === '-') throw new Failure('--code needs the name of a file');
  const { data, format } = await readDataset(path, { maxMegapixels: options.maxMegapixels });
  if (data.kind !== 'picture' && data.kind !== 'recording') throw new Failure('--code needs a PNG, JPEG or WAV file');
  const extension = { png: '.png', jpeg: '.jpg', wav: '.wav' }[format as 'png' | 'jpeg' | 'wav'];
  return denoiseCode({
    file: path,
    output: output === undefined || output === '-' || output.endsWith('/') ? `clean${extension}` : output,
    input: format as 'png' | 'jpeg' | 'wav',
    channels: data.channels,
    bits: data.kind === 'picture' ? data.depth : 8,
    strength: options.strength,
    quality: options.quality,
    ...(options.sigma !== undefined && { sigma: options.sigma }),
    ...(options.model !== undefined && { model: options.model }),
    ...(data.kind === 'recording' ? { rate: data.rate } : { stride: patchStride(data) }),
  });
}
