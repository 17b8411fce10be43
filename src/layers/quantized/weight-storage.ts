// int8 weights in memory, in the order in which the integer kernels read them.

import type { WeightStorage } from '../../engine/layer-definition.ts';

/** Number of columns of a panel. */
const PANEL = 8;

export const ceilTo = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** Consecutive products of an output: `runs` runs of `length` values, whose weights begin at byte `offset`. */
export interface RunLayout {
  readonly offset: number;
  readonly runs: number;
  readonly length: number;
  /** Index in the tensor of value i of run t in column 0. */
  readonly tensorIndex: (t: number, i: number) => number;
}

/** The order of weights: in panels of 8 columns, or column after column for the kernel with few columns. */
export interface ColumnLayout {
  readonly columns: number;
  /** Values between two columns in the tensor. */
  readonly stride: number;
  /** Column after column: assembly/integer/narrow.ts. */
  readonly narrow: boolean;
}

/** Bytes of the weights of some runs. */
export const layoutBytes = (runs: number, length: number, { columns, narrow }: Omit<ColumnLayout, 'stride'>): number =>
  narrow ? columns * runs * ceilTo(length, PANEL) : ceilTo(columns, PANEL) * runs * ceilTo(length, 2);

/** Calls `use` with the index in the tensor and the byte of each weight of some runs. */
function eachPosition(
  { offset, runs, length, tensorIndex }: RunLayout,
  { columns, stride, narrow }: ColumnLayout,
  use: (index: number, byte: number) => void,
): void {
  const [pairs, padded] = [Math.ceil(length / 2), ceilTo(length, PANEL)];
  const narrowByte = (t: number, i: number, j: number): number => (j * runs + t) * padded + i;
  const panelByte = (t: number, i: number, j: number): number =>
    (((j >> 3) * runs + t) * pairs + (i >> 1)) * 2 * PANEL + (j & 7) * 2 + (i & 1);
  const byteOf = narrow ? narrowByte : panelByte;
  for (let t = 0; t < runs; t++) {
    for (let i = 0; i < length; i++) {
      const index = tensorIndex(t, i);
      for (let j = 0; j < columns; j++) use(index + j * stride, offset + byteOf(t, i, j));
    }
  }
}

/** The storage of a tensor of `size` weights. */
export const panelStorage = (layouts: readonly RunLayout[], columns: ColumnLayout, size: number): WeightStorage => {
  const bytesInAll = layouts.reduce((sum, { runs, length }) => sum + layoutBytes(runs, length, columns), 0);
  const forEach = (use: (index: number, byte: number) => void): void => {
    for (const layout of layouts) eachPosition(layout, columns, use);
  };
  return {
    bytes: bytesInAll,
    read(bytes, address) {
      const values = new Float32Array(size);
      forEach((index, byte) => {
        values[index] = (bytes[address + byte]! << 24) >> 24;
      });
      return values;
    },
    write(bytes, address, values) {
      bytes.fill(0, address, address + bytesInAll);
      forEach((index, byte) => {
        bytes[address + byte] = values[index]!;
      });
    },
    firstInvalid: (values) => values.findIndex((value) => !(Number.isInteger(value) && Math.abs(value) <= 127)),
  };
};
