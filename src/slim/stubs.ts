// What stands in the place of `#wasm`, `wasm/text` and `layers/index` in this entry's bundle: names instead of kernels,
// and errors instead of defaults that would bring everything along.

import { bytesIn } from '../core/bytes.ts';
import { wrongType } from '../core/errors.ts';
import type { BlobLike } from '../core/types.ts';

export const inferStrict = 'infer.strict';
export const inferRelaxed = 'infer.relaxed';
export const convolutionStrict = 'convolution.strict';
export const convolutionRelaxed = 'convolution.relaxed';
export const latentStrict = 'latent.strict';
export const corruptStrict = 'corrupt.strict';
export const codecStrict = 'codec.strict';
export const residualStrict = 'residual.strict';
export const trainStrict = 'train.strict';
export const trainRelaxed = 'train.relaxed';

/** Only a model without an engine asks for the bytes of a name. */
export function bytesOf(_: string): Uint8Array<ArrayBuffer> {
  throw wrongType('engine', 'what load() of isthmus/slim resolves to', undefined);
}

export const received = async (response: BlobLike): Promise<unknown> => bytesIn(await response.arrayBuffer());

/** Errors say what was expected; what else the bytes may be, the caller has to know. */
export const refuse = (): void => {};
export const remedy = (): string => '';

export function allLayers(): never {
  throw wrongType('layers', 'the layer factories that the file may use, such as [dense]', undefined);
}
