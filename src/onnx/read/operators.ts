// The layers of each operator (onnx.ai/onnx/operators).

import { fromLayout, transposed, weightLayout } from '../weight-layout.ts';
import { append, type Chain, weight } from './chain.ts';
import type { Context } from './context.ts';
import { arithmetic, concat, leaky } from './joins.ts';
import { rowsToSample } from './order.ts';
import { flatten, reshapeTo, squeeze, transpose, unsqueeze } from './shapes.ts';
import { channelsFirst, convolution, pooling, withEdges } from './windows.ts';

/** Reads a node. */
type Operator = (c: Context) => Chain;

/** An activation without other attributes than those of isthmus. */
const activation =
  (name: string, only: Record<string, number> = {}): Operator =>
  (c) => {
    c.only(only);
    return append(c.node, c.x, { type: 'activation', options: { activation: name } });
  };

/** Gemm and MatMul. */
const product: Operator = (c) => {
  c.only({ alpha: 1, beta: 1, transA: 0 });
  const { x } = c;
  const [rows = 0, columns = 0, ...others] = c.tensor(1)?.shape ?? [];
  const data = c.floats(1);
  const isTransposed = c.number('transB', 0) === 1;
  const units = isTransposed ? rows : columns;
  if (others.length || x.axes.at(-1) !== x.shape.length) throw c.error('a matrix for the last axis', 'another');
  const kernel = isTransposed ? transposed(data, [rows, columns], [1, 0]) : data;
  const bias = c.tensor(2) && c.floats(2);
  const added = {
    type: 'dense',
    options: { units, useBias: bias !== undefined },
    weights: {
      kernel: weight(rowsToSample(kernel, units, x.joined), [data.length / (units || 1), units]),
      // ONNX broadcasts a single bias to all units.
      ...(bias && { bias: weight(bias.length === 1 ? new Float32Array(units).fill(bias[0]!) : bias) }),
    },
  };
  return append(c.node, { ...x, joined: undefined }, added);
};

const batchNormalization: Operator = (c) => {
  const { x, node } = c;
  c.only({ training_mode: 0 });
  if (c.axis(1) !== x.shape.length) throw c.error('channels as the second axis', 'others');
  const names = ['gamma', 'beta', 'movingMean', 'movingVariance'];
  const weights = names.map((name, i) => [name, weight(rowsToSample(c.floats(i + 1), 1, x.joined))] as const);
  const options = { epsilon: c.number('epsilon', 1e-5) };
  return append(node, x, { type: 'batchNormalization', options, weights: Object.fromEntries(weights) });
};

const layerNormalization: Operator = (c) => {
  const { x, node } = c;
  if (c.axis(c.number('axis', -1)) !== x.shape.length || x.axes.at(-1) !== x.shape.length)
    throw c.error('the last axis', 'others');
  const center = c.tensor(2) !== undefined;
  return append(node, x, {
    type: 'layerNormalization',
    options: { epsilon: c.number('epsilon', 1e-5), center },
    weights: { gamma: weight(c.channels(x, 1)), ...(center && { beta: weight(c.channels(x, 2)) }) },
  });
};

/** The mean over height and width. `axes`: those of the result. */
const globalAverage = (c: Context, x: Chain, axes: readonly number[]): Chain =>
  append(c.node, x, { type: 'globalAveragePooling2d', options: {} }, axes);

const reduceMean: Operator = (c) => {
  const { axes } = c.x;
  const reduced = c.list('axes', []).map((axis) => axes.at(axis));
  if (reduced.sort().join() !== '1,2' || c.x.shape.length !== 3) throw c.error('height and width', reduced);
  const keeps = c.number('keepdims', 1) === 1;
  return globalAverage(c, c.x, axes.flatMap((axis) => (axis === 3 ? 1 : axis && (keeps ? -1 : [])))); // biome-ignore format: one line
};

/** Numbers for the axes of the graph as numbers for the axes of the sample. `otherwise`: the number of the batch and the channels. */
function spatialValues(c: Context, values: readonly number[], otherwise: number): number[] {
  const { axes, shape } = c.x;
  const spatial = Array<number>(shape.length - 1).fill(otherwise);
  values.forEach((value, i) => {
    const axis = axes[i] ?? 0;
    if (axis > 0 && axis < shape.length) spatial[axis - 1] = value;
    else if (value !== otherwise) throw c.error('images or signals that change in height and width only', value);
  });
  return spatial;
}

/** Resize and Upsample. */
const resize: Operator = (c) => {
  const { x } = c;
  const { attributes } = c.node;
  const index = [2, 1].find((i) => c.tensor(i)?.dtype === 'F32' && c.tensor(i)!.data.length > 0);
  const sizes = c.integers(3)?.map((size, i) => (i && c.axis(i)! > 0 ? size / x.shape[c.axis(i)! - 1]! : 1));
  const factors = index ? [...c.floats(index)] : sizes;
  if (!factors) throw c.error('constant scales or sizes', 'none');
  const size = spatialValues(c, factors, 1);
  const mode = attributes.mode ?? 'nearest';
  const coordinates =
    attributes.coordinate_transformation_mode ?? (c.node.operator === 'Upsample' ? 'asymmetric' : 'half_pixel');
  const rounding = attributes.nearest_mode ?? (c.node.operator === 'Upsample' ? 'floor' : 'round_prefer_floor');
  const isNearest =
    mode === 'nearest' && (coordinates === 'asymmetric' ? rounding === 'floor' : /^round/.test(String(rounding)));
  const isLinear = mode === 'linear' && coordinates !== 'asymmetric';
  if (!(isNearest || isLinear) || !/^(asymmetric|(pytorch_)?half_pixel)$/.test(String(coordinates)))
    throw c.error('nearest, or linear between centers of pixels', `${mode}, ${coordinates}, ${rounding}`);
  return append(c.node, x, {
    type: `upSampling${size.length}d`,
    options: { size: size.length === 1 ? size[0] : size, interpolation: isNearest ? 'nearest' : 'bilinear' },
  });
};

const pad: Operator = (c) => {
  c.only({ mode: 'constant' });
  if (c.node.inputs[2] && c.floats(2).some((value) => value !== 0)) throw c.error('zeros', 'another value');
  const pads = c.integers(1, 'pads') ?? [];
  const rank = c.x.axes.length;
  return withEdges(c, c.x, {
    begin: spatialValues(c, pads.slice(0, rank), 0),
    end: spatialValues(c, pads.slice(rank), 0),
  });
};

const slice: Operator = (c) => {
  const { x } = c;
  const [starts, ends] = [c.integers(1, 'starts') ?? [], c.integers(2, 'ends') ?? []];
  const steps = c.integers(4) ?? [];
  if (steps.some((step) => step !== 1)) throw c.error('steps of 1', steps);
  const begin = x.axes.map(() => 0);
  const end = x.axes.map(() => 0);
  (c.integers(3, 'axes') ?? starts.map((_, i) => i)).forEach((index, i) => {
    const at = index < 0 ? index + x.axes.length : index;
    const length = x.shape[(x.axes[at] ?? 0) - 1] ?? 0;
    const within = (value: number): number => Math.min(Math.max(value < 0 ? value + length : value, 0), length);
    begin[at] = within(starts[i] ?? 0);
    end[at] = length - within(ends[i] ?? 0);
  });
  return withEdges(c, x, { begin: spatialValues(c, begin, 0), end: spatialValues(c, end, 0) }, true);
};

/** GRU of one direction whose state begins at zero. The outputs are all states, and the last one. */
function gru(c: Context): Chain {
  const { x, node, state } = c;
  const [states, last] = node.outputs;
  const direction = c.node.attributes.direction ?? 'forward';
  c.only({ layout: 0, clip: 0 });
  if (node.attributes.activations) throw c.error('the default activations', 'others');
  const initial = c.tensor(5);
  if (
    x.axes.join() !== '1,0,2' ||
    node.inputs[4] ||
    (node.inputs[5] && !state.zeros.has(node.inputs[5]) && !initial?.data.every((byte) => byte === 0)) ||
    direction === 'bidirectional'
  )
    throw c.error('one direction, time first and a state of zeros', direction);
  const units = c.number('hidden_size', 0);
  const resetAfter = c.number('linear_before_reset', 0) === 1;
  const useBias = Boolean(node.inputs[3]);
  const goBackwards = direction === 'reverse';
  const weightOf = (index: number, name: string, shape: number[]) =>
    weight(fromLayout(c.floats(index), shape, weightLayout('gru', name, shape)!), shape);
  const weights: Record<string, ReturnType<typeof weight>> = {
    kernel: weightOf(1, 'kernel', [x.shape[1] ?? 0, 3 * units]),
    recurrentKernel: weightOf(2, 'recurrentKernel', [units, 3 * units]),
  };
  if (useBias) {
    const bias = c.floats(3);
    if (!resetAfter && bias.length === 6 * units) {
      // Both biases of z and r act alike, and so do those of the candidate unless the reset comes after it.
      weights.bias = weight(bias.subarray(0, 3 * units).map((value, i) => value + bias[3 * units + i]!));
    } else weights.bias = weight(bias, [2, 3 * units]);
  }
  const layer = (returnSequences: boolean, axes: readonly number[]): Chain =>
    append(
      node,
      x,
      { type: 'gru', options: { units, useBias, resetAfter, goBackwards, returnSequences }, weights },
      axes,
    );
  if (last) state.chains.set(last, layer(false, [-1, 0, 1]));
  if (states && goBackwards && state.needed.has(states)) throw c.error('direction forward', direction);
  return states ? layer(true, [1, -1, 0, 2]) : state.chains.get(last!)!;
}

/** Gather of one index: of an axis of length 1, or of the last state of a GRU. */
const gather: Operator = (c) => {
  const { x } = c;
  const [index = 0] = c.integers(1) ?? [];
  const at = c.number('axis', 0);
  const axes = x.axes.filter((_, i) => i !== (at < 0 ? at + x.axes.length : at));
  if (c.tensor(1)?.shape.length !== 0) throw c.error('one index', 'several');
  if (c.axis(at) === -1) return { ...x, axes };
  const { part, source } = x;
  if (part?.layer.type !== 'gru' || !source || c.axis(at) !== 1 || (index !== -1 && index !== x.shape[0]! - 1))
    throw c.error('the last state of a GRU', index);
  const options = { ...part.layer, returnSequences: false };
  return append(c.node, source, { type: 'gru', options, weights: part.weights }, axes.map((axis) => axis && 1)); // biome-ignore format: one line
};

/** Tile and Expand: a code for each step of a sequence. */
const repeat: Operator = (c) => {
  const { x, node } = c;
  const counts = c.integers(1) ?? [];
  const isExpand = node.operator === 'Expand';
  const factors = x.axes.map((axis, i) => {
    const count = counts[i + counts.length - x.axes.length] ?? 1;
    const length = axis ? x.shape[axis - 1] : -1;
    return isExpand && axis >= 0 && count === length ? 1 : count;
  });
  const [factor = 1, ...others] = factors.filter((count) => count !== 1);
  if (factor === 1) return x;
  if (others.length || x.axes.join() !== '0,-1,1' || factors[1] !== factor)
    throw c.error('a value for each step of a sequence', factors);
  const step = append(node, x, { type: 'reshape', options: { targetShape: [1, ...x.shape] } }, [0, 1, 2]);
  return append(node, step, { type: 'upSampling1d', options: { size: factor } });
};

const unchanged: Operator = (c) => c.x;

/** The operators that have layers. */
export const operators = (): Readonly<Record<string, Operator | undefined>> => ({
  Relu: activation('relu'),
  Elu: activation('elu', { alpha: 1 }),
  Selu: activation('selu', { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  Sigmoid: activation('sigmoid'),
  Tanh: activation('tanh'),
  Softplus: activation('softplus'),
  LeakyRelu: (c) => leaky(c, c.repeated(c.x, c.number('alpha', 0.01))),
  PRelu: (c) => leaky(c, c.channels(c.x, 1)),
  Softmax: (c) => {
    if (c.axis(c.number('axis', -1)) !== c.x.shape.length) throw c.error('the axis of channels', 'another');
    return activation('softmax')(c);
  },
  Erf: (c) => {
    const y = activation('linear')(c);
    return { ...y, part: { ...y.part!, incomplete: c.node } };
  },
  Add: arithmetic,
  Sub: arithmetic,
  Mul: arithmetic,
  Div: arithmetic,
  Concat: concat,
  Gemm: product,
  MatMul: product,
  Conv: convolution(false),
  ConvTranspose: convolution(true),
  MaxPool: pooling('maxPooling'),
  AveragePool: pooling('averagePooling'),
  GlobalAveragePool: (c) => globalAverage(c, channelsFirst(c), [0, 1, -1, -1]),
  ReduceMean: reduceMean,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GRU: gru,
  Gather: gather,
  Resize: resize,
  Upsample: resize,
  Pad: pad,
  Slice: slice,
  Flatten: flatten,
  Reshape: reshapeTo,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: unchanged,
  Dropout: unchanged,
  Cast: unchanged,
  Tile: repeat,
  Expand: repeat,
});
