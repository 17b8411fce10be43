// What bytes are that are nothing of ours. Not in isthmus/slim: see src/slim/stubs.ts.

import { formatError } from '../core/errors.ts';

const ADDRESS = '(is the address right?)';
const WEIGHTS = '(set its weights by setWeights)';

/** What files of other kinds begin with, each byte a character, and what they are. The last one begins at the eighth byte. */
const signatures = () =>
  `<=a web page ${ADDRESS},{=JSON ${ADDRESS},[=JSON ${ADDRESS},version =a Git LFS pointer (git lfs pull),\x1f\x8b=gzip (decompress it),PK=a zip (of PyTorch?) ${WEIGHTS},\x80=pickle of PyTorch ${WEIGHTS},\b=ONNX ${WEIGHTS},\x89HDF=HDF5 of Keras ${WEIGHTS},\x89PNG=PNG,\x89IST=compressed data (codec.decompress),\0{=.safetensors (loadCodec)`;

/** Errors: FormatError `model` for bytes of another kind that is known. `name`: `file`, which may be `.safetensors`, or `bytes`. */
export function refuseForeign(bytes: Uint8Array, name: string, expected: string): void {
  const start = String.fromCharCode(...bytes.subarray(0, 9)).replace('\xef\xbb\xbf', '');
  const own = start.slice(7);
  for (const kind of signatures().split(',')) {
    const [begin, found] = kind.split('=') as [string, string];
    if (own === '\0{' ? begin === own && name === 'bytes' : start.trimStart().startsWith(begin))
      throw formatError('model', name, expected, found);
  }
}

/** What to do with a `.safetensors` file of another format. */
export function loaderHint(format: string): string {
  const [, kind = 'model'] = format.split('-');
  return format.startsWith('isthmus') ? ` (load${kind[0]!.toUpperCase()}${kind.slice(1)})` : ` ${WEIGHTS}`;
}
