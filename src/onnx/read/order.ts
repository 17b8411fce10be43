// The order of values where an image with channels first becomes a vector, or a vector such an image.

import { type Shape, sizeOf } from '../../core/shape.ts';
import { transposed } from '../weight-layout.ts';
import type { Chain, Part } from './chain.ts';

/** Axes of a sample in the order of the graph. */
export interface AxisOrder {
  readonly shape: Shape;
  readonly order: readonly number[];
}

/** Whether values have the same order with the axes of `order`: axes of length 1 do not count. */
export const isNatural = ({ shape, order }: AxisOrder): boolean => {
  const long = order.filter((axis) => shape[axis]! > 1);
  return long.every((axis, i) => i === 0 || axis > long[i - 1]!);
};

/** For each value in the order of the graph, its index in the sample. `count` values, which a file has. */
function indices({ shape, order }: AxisOrder, count: number): Float32Array {
  if (sizeOf(shape) !== count) throw new RangeError(`expected ${sizeOf(shape)} values, got ${count}`);
  return transposed(Float32Array.from({ length: count }, (_, i) => i), shape, order); // biome-ignore format: one line
}

/** Rows of `width` values, which come in the order of the graph, in the order of the sample. */
export function rowsToSample(data: Float32Array<ArrayBuffer>, width: number, joined: AxisOrder | undefined) {
  if (!joined) return data;
  const result = new Float32Array(data.length);
  indices(joined, data.length / width).forEach((index, i) => {
    result.set(data.subarray(i * width, (i + 1) * width), index * width);
  });
  return result;
}

/**
 * The chain whose last dense layer computes its units in the order of the sample. Undefined: other layers than dense,
 * activations and normalizations.
 */
export function reorderUnits(chain: Chain, order: AxisOrder): Chain | undefined {
  const { part, source } = chain;
  const isDense = part?.layer.type === 'dense';
  if (!part || !source || !(isDense || /^(activation|.*ormalization)$/.test(part.layer.type))) return undefined;
  const previous = isDense ? source : reorderUnits(source, order);
  if (!previous) return undefined;
  const count = sizeOf(order.shape);
  const weights = Object.entries(part.weights).map(([name, { shape, data }]) => {
    // Columns are rows of the transposed matrix.
    const rows = data.length / count;
    const columns = rowsToSample(transposed(data, [rows, count], [1, 0]), rows, order);
    return [name, { shape, data: transposed(columns, [count, rows], [1, 0]) }] as const;
  });
  const reordered: Part = { ...part, weights: Object.fromEntries(weights) };
  return { ...chain, source: previous, part: reordered };
}
