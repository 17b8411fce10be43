// Replacements in the bundle of isthmus/slim (rollup.config.mjs): errors for the modules that would add the kernels' text,
// all layers and long messages. `#wasm` is replaced by the names of the kernels.

import { asBytes } from '../core/bytes.ts';
import { wrongType } from '../core/errors.ts';
import type { BlobLike } from '../core/types.ts';

/** Only a model without an engine asks for the bytes of a name. */
export function decodeText(_: string): Uint8Array<ArrayBuffer> {
  throw wrongType('engine', 'what load() of isthmus/slim resolves to', undefined);
}

export const readResponse = async (response: BlobLike): Promise<unknown> => asBytes(await response.arrayBuffer());

/** Errors say what was expected; what else the bytes may be, the caller has to know. */
export const refuseForeign = (): void => {};
export const loaderHint = (): string => '';

export function allLayers(): never {
  throw wrongType('layers', 'the layer factories that the file may use, such as [dense]', undefined);
}
