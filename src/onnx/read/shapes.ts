// Operators that change shapes and orders of axes.

import { MAX_AXES, sizeOf } from '../../core/shape.ts';
import { append, type Chain, channelsFirstAxes, naturalAxes } from './chain.ts';
import type { Context } from './context.ts';
import type { GraphNode } from './file.ts';
import { isNatural, reorderUnits } from './order.ts';

/** The lengths of the axes in the order of the graph, without the batch. */
const lengthsOf = ({ axes, shape }: Chain): number[] =>
  axes.filter((axis) => axis !== 0).map((axis) => (axis < 0 ? 1 : shape[axis - 1]!));

/** The order of the axes of a sample. */
const orderOf = ({ axes, shape }: Chain) => ({
  shape,
  order: axes.filter((axis) => axis > 0).map((axis) => axis - 1),
});

/** A value whose axes of length 1 in the graph are axes of the sample, too: channels last, where they come first in the graph. */
export function resized(node: GraphNode, x: Chain): Chain {
  if (!x.axes.includes(-1)) return x;
  const [channels, ...spatial] = lengthsOf(x);
  const shape = [...spatial, channels!];
  const [first, ...others] = orderOf(x).order;
  const order = x.axes[1] === -1 ? [first!, ...others] : [...others, first!];
  if (x.axes[0] !== 0 || !isNatural({ shape: x.shape, order })) return x;
  return append(node, x, { type: 'reshape', options: { targetShape: shape } }, channelsFirstAxes(shape.length));
}

/** A value with the axes of `lengths` after the batch. */
export function reshape(c: Context, lengths: readonly number[]): Chain {
  const { x, node } = c;
  const order = orderOf(x);
  if (x.axes[0] !== 0 || lengths.some((length) => length < 1) || sizeOf(lengths) !== sizeOf(x.shape))
    throw c.error('a shape that keeps the batch', `[${lengths.join(', ')}]`);
  if (lengths.length === 1) {
    const flat =
      x.shape.length === 1 ? { ...x, axes: [0, 1] } : append(node, x, { type: 'flatten', options: {} }, [0, 1]);
    return isNatural(order) ? flat : { ...flat, joined: order };
  }
  const rank = lengths.length;
  const isFirst = c.state.channelsFirst.has(node.outputs[0]!);
  const shape = isFirst ? [...lengths.slice(1), lengths[0]!] : lengths;
  const axes = isFirst ? channelsFirstAxes(rank) : naturalAxes(rank);
  const target = orderOf({ ...x, axes, shape });
  let source: Chain | undefined = x;
  if (x.joined) {
    if (JSON.stringify(x.joined) !== JSON.stringify(target)) source = undefined;
  } else if (!isNatural(order)) source = undefined;
  else if (!isNatural(target)) source = x.shape.length === 1 ? reorderUnits(x, target) : undefined;
  if (!source) throw c.error('channels last, or a dense layer before', `channels first in [${lengths.join(', ')}]`);
  return append(node, { ...source, axes }, { type: 'reshape', options: { targetShape: shape } });
}

/** Reshape: 0 keeps a length, and -1 is the length that the number of values leaves. The first length is the batch. */
export function reshapeTo(c: Context): Chain {
  const [batch, ...wanted] = c.integers(1, 'shape') ?? [];
  if (batch === undefined) throw c.error('a known shape', c.node.inputs[1]);
  const { x } = c;
  const current = lengthsOf(x);
  const lengths = wanted.map((length, i) => length || current[i]!);
  const unknown = lengths.indexOf(-1);
  if (unknown >= 0) lengths[unknown] = -sizeOf(x.shape) / sizeOf(lengths);
  return reshape(c, lengths);
}

/** Flatten. */
export function flatten(c: Context): Chain {
  c.only({ axis: 1 });
  return reshape(c, [sizeOf(c.x.shape)]);
}

/** Transpose. */
export function transpose(c: Context): Chain {
  const { x } = c;
  const order = c.list('perm', x.axes.map((_, i) => x.axes.length - 1 - i)); // biome-ignore format: one line
  const axes = order.map((axis) => x.axes[axis]!);
  if (new Set(order).size !== x.axes.length || axes.includes(undefined as never))
    throw c.error(`${x.axes.length} axes`, `[${order.join(', ')}]`);
  return { ...x, axes };
}

/** Axes of an input or attribute, counted from 0. */
const axesOf = (c: Context, rank: number): number[] =>
  [...(c.integers(1, 'axes') ?? [])].map((axis) => (axis < 0 ? axis + rank : axis));

/** Squeeze: removes axes of length 1. */
export function squeeze(c: Context): Chain {
  const { x, node } = c;
  const wanted = axesOf(c, x.axes.length);
  const lengthAt = (axis: number): number => (axis > 0 ? x.shape[axis - 1]! : 1);
  const isRemoved = (axis: number, i: number): boolean =>
    wanted.length ? wanted.includes(i) : axis !== 0 && lengthAt(axis) === 1;
  const removed = x.axes.filter(isRemoved);
  if (removed.some((axis) => axis === 0 || lengthAt(axis) !== 1)) throw c.error('axes of length 1', wanted);
  const axes = x.axes
    .filter((axis, i) => !isRemoved(axis, i))
    .map((axis) => axis - removed.filter((other) => other > 0 && other < axis).length);
  if (removed.every((axis) => axis < 0)) return { ...x, axes };
  const targetShape = x.shape.filter((_, i) => !removed.includes(i + 1));
  return append(node, x, { type: 'reshape', options: { targetShape } }, axes);
}

/** Unsqueeze: adds axes of length 1. */
export function unsqueeze(c: Context): Chain {
  const { x } = c;
  const list = c.integers(1, 'axes') ?? [];
  const axes = [...x.axes];
  if (axes.length + list.length > MAX_AXES) throw c.error(`at most ${MAX_AXES} axes`, list.length);
  for (const axis of axesOf(c, axes.length + list.length).sort((a, b) => a - b)) axes.splice(axis, 0, -1);
  return { ...x, axes };
}

/** The integers that shape operators compute, such as the second input of Reshape. Undefined: the node computes no shape. */
export function shapeValues(c: Context): readonly number[] | undefined {
  const { operator, inputs } = c.node;
  if (operator === 'Shape') {
    const x = c.chain(0);
    const list = c.integers(0);
    return list && !x ? [list.length] : x?.axes.map((axis) => (axis ? (x.shape[axis - 1] ?? 1) : -1));
  }
  const lists = inputs.map((_, i) => c.integers(i));
  const [list, ...others] = lists;
  if (!list || c.chain(0)) return undefined;
  if (operator === 'Concat') return lists.flatMap((one) => one ?? []);
  if (operator === 'Gather') return others[0]?.map((index) => list.at(index) ?? 0);
  if (operator === 'Slice') {
    const [start = 0, end = list.length] = others.map((one) => one?.[0]);
    return list.slice(start, end);
  }
  return /^(Unsqueeze|Squeeze|Cast|Identity)$/.test(operator) ? list : undefined;
}
