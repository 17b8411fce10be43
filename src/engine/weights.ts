// The values of a weight in a model's memory, whatever its storage.

import type { Memory } from '../wasm/memory.ts';
import type { Weight } from './graph.ts';

/** A copy of the values. Integers of 8 bits become floats. */
export function readWeight(memory: Memory, { storage, offset, size }: Weight): Float32Array<ArrayBuffer> {
  const address = memory.parameters + offset;
  if (!storage) return memory.read(address, size);
  const { bytes } = memory;
  return Float32Array.from(storage.positions(), (position) => (bytes[address + position]! << 24) >> 24);
}

/** Writes the values; those of a weight with a storage are integers -127..127. */
export function writeWeight(memory: Memory, { storage, offset }: Weight, values: Float32Array): void {
  const address = memory.parameters + offset;
  if (!storage) {
    memory.write(address, values);
    return;
  }
  const { bytes } = memory;
  bytes.fill(0, address, address + storage.bytes);
  storage.positions().forEach((position, i) => {
    bytes[address + position] = values[i]!;
  });
}
