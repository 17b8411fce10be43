// The buffers of one C function: values that are not needed at the same time share memory.

import type { Op } from '../engine/schedule.ts';

/** The demands of an op on memory. */
export interface OpMemory {
  /** The layer can compute its output in the buffer of its input. */
  readonly inPlace: boolean;
  /** Number of values that it needs besides input and output. */
  readonly workspace: number;
}

/** Addresses in C: an offset in the workspace, or the buffers of the caller. */
export type Location = number | 'input' | 'output';

export interface MemoryPlan {
  /** Of the output of each op. */
  readonly outputs: readonly Location[];
  /** Of the workspace of each op. */
  readonly workspaces: readonly number[];
  /** Number of values in all. */
  readonly size: number;
}

interface Buffer {
  readonly size: number;
  /** Index of the first and of the last op that uses it. */
  readonly first: number;
  last: number;
  offset: number;
}

const overlapInTime = (a: Buffer, b: Buffer): boolean => a.first <= b.last && b.first <= a.last;

/** Gives each buffer the lowest offset that is free while it lives, the largest buffer first. Returns the size of the workspace. */
function assignOffsets(buffers: readonly Buffer[]): number {
  const placed: Buffer[] = [];
  for (const buffer of [...buffers].sort((a, b) => b.size - a.size)) {
    const neighbours = placed.filter((other) => overlapInTime(other, buffer)).sort((a, b) => a.offset - b.offset);
    for (const { offset, size } of neighbours) {
      if (buffer.offset + buffer.size <= offset) break;
      buffer.offset = Math.max(buffer.offset, offset + size);
    }
    placed.push(buffer);
  }
  return buffers.reduce((end, { offset, size }) => Math.max(end, offset + size), 0);
}

/** Plans the memory of ops, of which the last one writes the output of the function. */
export function planMemory(ops: readonly Op[], memory: readonly OpMemory[]): MemoryPlan {
  const lastUse = ops.map((_, i) => i);
  ops.forEach(({ input, skipInput = -1 }, i) => {
    for (const source of [input, skipInput]) if (source >= 0) lastUse[source] = i;
  });
  const owned: Buffer[] = [];
  ops.forEach(({ node, input, skipInput = -1 }, i) => {
    const source = [input, skipInput].find((op) => op >= 0 && lastUse[op] === i);
    if (memory[i]!.inPlace && source !== undefined) {
      owned[i] = owned[source]!;
      owned[i].last = lastUse[i]!;
    } else {
      owned[i] = { size: node.outputSize, first: i, last: lastUse[i]!, offset: 0 };
    }
  });
  const output = owned[ops.length - 1];
  const workspaces = memory.map(({ workspace }, i): Buffer => ({ size: workspace, first: i, last: i, offset: 0 }));
  const buffers = [...new Set(owned)].filter((buffer) => buffer !== output);
  const size = assignOffsets([...buffers, ...workspaces.filter((buffer) => buffer.size > 0)]);
  return {
    outputs: owned.map((buffer) => (buffer === output ? 'output' : buffer.offset)),
    workspaces: workspaces.map(({ offset }) => offset),
    size,
  };
}
