// The memory of a convolution of integers for one call, and the blocks of windows that the convolution computes in sequence.

import { maxOf } from '../../core/portable-math.ts';
import type { Address, Count } from '../../wasm/kernels.ts';
import { align } from '../../wasm/memory-size.ts';
import { ceilTo } from './weight-storage.ts';
import type { WindowPhase, WindowPlan } from './window-plan.ts';

/** Bytes of padded samples in a group, and of packed windows in a block: both fit into the L2 cache. */
const GROUP_BYTES = 2 ** 17;
/** Bytes that kernels read beyond the last padded value and ignore. */
const SLACK = 32;
/** Windows that are packed and multiplied together: all of a group of samples, or some of one sample. */
export interface BlockSize {
  readonly samples: Count;
  readonly rows: Count;
  readonly pixels: Count;
}

export interface WindowWorkspace {
  /** Samples in a group. */
  readonly groupSize: Count;
  readonly integers: Address;
  readonly padded: Address;
  readonly packed: Address;
  readonly windows: Address;
  readonly outputs: Address;
  readonly runs: Address;
  readonly table: Address;
  readonly scratch: Address;
  /** Bytes in all. */
  readonly bytes: number;
}

/** Pairs of neighbours in the runs of a window. */
export const pairsOf = ({ layout: { runs, length } }: WindowPhase): number => runs * Math.ceil(length / 2);

/** The largest block of a phase. Windows that are not packed are one block. */
export function blockOf(phase: WindowPhase, groupSize: Count, packs: boolean): BlockSize {
  const { rows, pixels } = phase;
  const windows = Math.max(4, Math.floor(GROUP_BYTES / (4 * Math.max(1, pairsOf(phase)))));
  if (!packs || groupSize > 1 || rows * pixels <= windows) return { samples: groupSize, rows, pixels };
  return { samples: 1, rows: Math.max(1, Math.floor(windows / pixels)), pixels: Math.min(windows, pixels) };
}

const windowsIn = ({ samples, rows, pixels }: BlockSize): Count => samples * rows * pixels;

/** The layout of a workspace from `base` on. */
export function planWindowWorkspace(plan: WindowPlan, base: Address, samples: Count): WindowWorkspace {
  const { phases, columns, height, width, channels, sampleBytes, packs } = plan;
  const packedBytes = maxOf(phases, (phase) => phase.rows * phase.pixels * pairsOf(phase) * 4);
  const sampleMemory = Math.max(sampleBytes, packs ? packedBytes : 0);
  const groupSize = Math.max(1, Math.min(samples, Math.floor(GROUP_BYTES / sampleMemory)));
  const blocks = phases.map((phase) => windowsIn(blockOf(phase, groupSize, packs)));
  const windowCount = maxOf(blocks, (count) => count);
  const runCount = maxOf(phases, ({ runRows, runsAcross }) => runRows * runsAcross);
  let next = base;
  const take = (bytes: number): Address => {
    const address = next;
    next += align(bytes);
    return address;
  };
  const integers = take(samples * height * width * channels * 2);
  const padded = take(groupSize * sampleBytes + SLACK);
  const packed = take(packs ? Math.max(...phases.map((phase, i) => ceilTo(blocks[i]!, 4) * pairsOf(phase) * 4)) : 0);
  const windows = take(windowCount * 4);
  const outputs = take(windowCount * 4);
  const runs = take(runCount * 4);
  const table = take(ceilTo(columns.columns, 8) * 8);
  const scratch = take(maxOf(phases, pairsOf) * 32 + 128);
  return { groupSize, integers, padded, packed, windows, outputs, runs, table, scratch, bytes: next - base };
}
