// Recognises files of other formats, for better errors. isthmus/slim leaves this file out: see src/slim/stubs.ts.

import { formatError } from '../core/errors.ts';

const ADDRESS = '(is the address right?)';
const WEIGHTS = '(set its weights by setWeights)';

/** `FIRST BYTES=FORMAT` of other formats, one character for each byte. The last entry compares the bytes from the eighth on. */
const signatures = () =>
  `<=a web page ${ADDRESS},{=JSON ${ADDRESS},[=JSON ${ADDRESS},version =a Git LFS pointer (git lfs pull),\x1f\x8b=gzip (decompress it),PK=a zip (of PyTorch?) ${WEIGHTS},\x80=pickle of PyTorch ${WEIGHTS},\b=ONNX (fromOnnx of isthmus/onnx),\x89HDF=HDF5 of Keras ${WEIGHTS},\x89PNG=PNG,\x89IST=compressed data (codec.decompress),\0{=.safetensors (loadCodec)`;

/** Errors: FormatError `model` for bytes of a format in the list. `name`: `file` where `.safetensors` is right, else `bytes`. */
export function refuseForeign(bytes: Uint8Array, name: string, expected: string): void {
  const start = String.fromCharCode(...bytes.subarray(0, 9)).replace('\xef\xbb\xbf', '');
  const fromEighth = start.slice(7);
  for (const entry of signatures().split(',')) {
    const [signature, format] = entry.split('=') as [string, string];
    if (fromEighth === '\0{' ? signature === fromEighth && name === 'bytes' : start.trimStart().startsWith(signature))
      throw formatError('model', name, expected, format);
  }
}

/** The hint in the error of a `.safetensors` file of another kind: the function that loads it. */
export function loaderHint(format: string): string {
  const [, kind = 'model'] = format.split('-');
  return format.startsWith('isthmus') ? ` (load${kind[0]!.toUpperCase()}${kind.slice(1)})` : ` ${WEIGHTS}`;
}
