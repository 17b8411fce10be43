// Sizes of blocks of memory, and the largest size.

import { wrongValue } from '../core/errors.ts';

/** The next multiple of 16: kernels read and write vectors of 16 bytes. */
export const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** The largest memory that a 32-bit WebAssembly module can address. */
const MAX_MEMORY_BYTES = 2 ** 32;

/** Errors: RangeError when `bytes` do not fit into a memory, before anything is allocated. `user`: what needs them, for the message. */
export function checkMemory(bytes: number, user: string): void {
  if (bytes <= MAX_MEMORY_BYTES - 65536) return;
  throw wrongValue(user, 'to need at most 4 GB of memory', bytes, `${(bytes / 2 ** 30).toFixed(1)} GB`);
}
