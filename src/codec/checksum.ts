import type { Engine } from '../engine/engine.ts';

/** Bytes that are copied into the memory at once. */
const PART = 65536;

/** CRC-32C of the bytes behind others whose checksum is `crc`. Whatever else lasts for one call only is overwritten. */
export function checksum(engine: Engine, bytes: Uint8Array, crc = 0): number {
  const { part: at } = engine.allocatePerCall({ part: Math.min(PART, bytes.length) }, 'block');
  let sum = crc;
  for (let from = 0; from < bytes.length; from += PART) {
    const part = bytes.subarray(from, from + PART);
    engine.memory.bytes.set(part, at);
    sum = engine.kernels.crc32c(at, part.length, sum, engine.memory.scratch);
  }
  return sum;
}
