// Replacements for modules in the bundle of isthmus/slim (rollup.config.mjs). The replaced modules would add the text of the kernels,
// all layers and long messages. `#wasm` is replaced by the names of the kernels.

import { asBytes } from '../core/bytes.ts';
import { wrongType } from '../core/errors.ts';
import type { BlobLike } from '../core/types.ts';

/** Called for a model without an engine only. */
export function decodeText(_: string): Uint8Array<ArrayBuffer> {
  throw wrongType('engine', 'what load() of isthmus/slim resolves to', undefined);
}

export const readResponse = async (response: BlobLike): Promise<unknown> => asBytes(await response.arrayBuffer());

/** Other formats are not recognised; errors say what was expected. */
export const refuseForeign = (): void => {};
export const loaderHint = (): string => '';

export function allLayers(): never {
  throw wrongType('layers', 'the layer factories that the file may use, such as [dense]', undefined);
}

/** Kernels that the caller has compiled cannot use a shared memory, so one thread trains. */
export const isWorthDividing = (): boolean => true;
export const trainInParallel = async (): Promise<undefined> => undefined;
