// Blocks of a model's memory, allocated and addressed by name.

import type { Address } from '../wasm/kernels.ts';
import { align } from '../wasm/memory-size.ts';

/** Sizes of blocks in bytes, by name. A list of sizes makes a list of blocks. */
export interface BlockSizes {
  readonly [name: string]: number | readonly number[];
}

/** Byte addresses of blocks, by the names of their sizes. */
export type Blocks<Sizes extends BlockSizes> = {
  readonly [Name in keyof Sizes]: Sizes[Name] extends number ? Address : readonly Address[];
};

/** Reserves contiguous bytes and returns the address of the first byte. */
export type Reserve = (bytes: number) => Address;

/**
 * Allocates named blocks, one after the other in the order of `sizes`, each at a multiple of 16 bytes. `reserve` decides how
 * long they live: see the methods of `Engine`.
 *
 * Allocating may grow the memory, and growth detaches every view of it: take `memory.floats` and `memory.bytes` afterwards.
 */
export function allocate<Sizes extends BlockSizes>(sizes: Sizes, reserve: Reserve): Blocks<Sizes> {
  const bytes = Object.values(sizes).flat() as readonly number[];
  let next = reserve(bytes.reduce((sum, size) => sum + align(size), 0));
  const take = (size: number): Address => {
    const address = next;
    next += align(size);
    return address;
  };
  const addresses: Record<string, Address | readonly Address[]> = {};
  for (const name in sizes) {
    const size: number | readonly number[] = sizes[name]!;
    addresses[name] = typeof size === 'number' ? take(size) : size.map(take);
  }
  return addresses as Blocks<Sizes>;
}

/** A source of named blocks. */
export interface Arena {
  /** Allocates blocks: see `allocate`. Errors: RangeError when the runtime has no more memory. */
  alloc<Sizes extends BlockSizes>(sizes: Sizes): Blocks<Sizes>;
}

export const newArena = (reserve: Reserve): Arena => ({ alloc: (sizes) => allocate(sizes, reserve) });
