// Modules of kernels for a shared memory. They differ from the other modules only in the import of the memory.

import { decodeText } from '../../wasm/text/decode.ts';

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
/** The section of imports: one import, `env` `memory`, of the kind memory, then its limits: a flag 0 and the minimum. */
const IMPORT = [1, 3, ...ascii('env'), 6, ...ascii('memory'), 2];
const SECTION = [2, IMPORT.length + 2, ...IMPORT, 0];
/** The same section with a shared memory of at least 0 and at most 65536 pages. */
const SHARED_LIMITS = [3, 0, 0x80, 0x80, 4];
const SHARED_SECTION = [2, IMPORT.length + SHARED_LIMITS.length, ...IMPORT, ...SHARED_LIMITS];

const patched = new Map<string, Uint8Array<ArrayBuffer>>();

/** The bytes of a module, given as text, for a shared memory. */
export function sharedModuleBytes(text: string): Uint8Array<ArrayBuffer> {
  let bytes = patched.get(text);
  if (!bytes) {
    const original = decodeText(text);
    const at = original.findIndex((_, i) => SECTION.every((byte, j) => original[i + j] === byte));
    if (at < 0) throw new Error('a module of kernels must import one memory, env.memory, and nothing else');
    const rest = original.subarray(at + SECTION.length + 1);
    bytes = new Uint8Array(at + SHARED_SECTION.length + rest.length);
    bytes.set(original.subarray(0, at));
    bytes.set(SHARED_SECTION, at);
    bytes.set(rest, at + SHARED_SECTION.length);
    patched.set(text, bytes);
  }
  return bytes;
}
