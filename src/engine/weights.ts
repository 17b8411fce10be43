// Reads and writes the values of a weight in a model's memory, for each kind of storage.

import type { Memory } from '../wasm/memory.ts';
import type { Weight } from './graph.ts';

/** A copy of the values. */
export function readWeight(memory: Memory, { storage, offset, size }: Weight): Float32Array<ArrayBuffer> {
  const address = memory.parameters + offset;
  return storage ? storage.read(memory.bytes, address) : memory.read(address, size);
}

/** Writes values that fit the storage of the weight. */
export function writeWeight(memory: Memory, { storage, offset }: Weight, values: Float32Array): void {
  const address = memory.parameters + offset;
  if (storage) storage.write(memory.bytes, address, values);
  else memory.write(address, values);
}
