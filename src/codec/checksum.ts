import type { Engine } from '../engine/engine.ts';

/** Bytes that are copied into the model's memory at once. */
const CHUNK_BYTES = 65536;

/**
 * CRC-32C of bytes. `crc`: the checksum of the bytes before them. Overwrites memory that others allocated per call.
 */
export function checksum(engine: Engine, bytes: Uint8Array, crc = 0): number {
  const { chunk: address } = engine.allocatePerCall({ chunk: Math.min(CHUNK_BYTES, bytes.length) }, 'block');
  let sum = crc;
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    const chunk = bytes.subarray(start, start + CHUNK_BYTES);
    engine.memory.bytes.set(chunk, address);
    sum = engine.kernels.crc32c(address, chunk.length, sum, engine.memory.scratch);
  }
  return sum;
}
