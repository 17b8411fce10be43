// The operators of each layer at inference (onnx.ai/onnx/operators, operator set 17).

import { lastAxis, sizeOf } from '../../core/shape.ts';
import type { Node } from '../../engine/graph.ts';
import type { Layer } from '../../engine/layer-definition.ts';
import type { ConvAxis } from '../../layers/conv/geometry.ts';
import { activate } from './activations.ts';
import { type GraphWriter, type Layout, layoutOf, namedValue, type Value } from './graph.ts';

/** A node of the network with its inputs: that of the layer, or that of the wrapped layers' output and of the layer itself. */
export interface LayerInput {
  readonly node: Node;
  readonly x: Value;
  readonly skipInput: Value | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: options and plan of any layer
type Any = any;

/** Adds the nodes of a layer. */
type LayerWriter = (g: GraphWriter, input: LayerInput, options: Layer & Any) => Value;

/** The name of a weight, undefined if the layer has none of this name. */
const weightName = (node: Node, name: string): string | undefined =>
  node.weights.find((weight) => weight.name === name)?.path;

/** The plan of a layer with windows or borders. */
const planOf = ({ definition, layer, inputShape }: Node): Any => definition.plan!(layer, inputShape);

/** The axes of windows: height and width, of a signal its length alone. */
const axesOf = (node: Node): ConvAxis[] => {
  const plan = planOf(node);
  const { y, x } = plan.window ?? plan;
  return node.inputShape.length === 2 ? [x] : [y, x];
};

const windowAttributes = (axes: readonly ConvAxis[]) => ({
  kernel_shape: axes.map((axis) => axis.kernel),
  strides: axes.map((axis) => axis.stride),
  pads: [...axes.map((axis) => axis.before), ...axes.map((axis) => axis.after)],
});

/** A convolution, and the activation of the layer. */
function convolution(
  operator: string,
  extra: (axes: readonly ConvAxis[], node: Node) => object = () => ({}),
): LayerWriter {
  return (g, { node, x }, { activation }) => {
    const axes = axesOf(node);
    const name = g.add(operator, [g.inLayout(x, 'first'), weightName(node, 'kernel'), weightName(node, 'bias')], {
      ...windowAttributes(axes),
      dilations: axes.map((axis) => axis.dilation),
      ...extra(axes, node),
    });
    return activate(g, namedValue(node.outputShape, name, 'first'), activation);
  };
}

const pooling =
  (operator: string): LayerWriter =>
  (g, { node, x }) =>
    namedValue(node.outputShape, g.add(operator, [g.inLayout(x, 'first')], windowAttributes(axesOf(node))), 'first');

/** A list for the axes of a sample, height and width or length in front, in the order of a layout. */
const inOrder = (layout: Layout, spatial: readonly number[], channels: number): number[] =>
  layout === 'first' ? [channels, ...spatial] : [...spatial, channels];

/** Zeros or cut values before and after each spatial axis. */
function edges(node: Node): { begin: number[]; end: number[] } {
  const { top, bottom, left, right } = planOf(node);
  return node.inputShape.length === 2 ? { begin: [left], end: [right] } : { begin: [top, left], end: [bottom, right] };
}

const zeroPadding: LayerWriter = (g, { node, x }) => {
  const layout = layoutOf(x);
  const { begin, end } = edges(node);
  const pads = [0, ...inOrder(layout, begin, 0), 0, ...inOrder(layout, end, 0)];
  return namedValue(node.outputShape, g.add('Pad', [x[layout], g.integers('pads', pads)]), layout);
};

const cropping: LayerWriter = (g, { node, x }) => {
  const layout = layoutOf(x);
  const { begin, end } = edges(node);
  const name = g.add('Slice', [
    x[layout],
    g.integers('starts', begin),
    g.integers('ends', end.map((count, i) => node.inputShape[i]! - count)), // biome-ignore format: one line for each input
    g.integers('axes', begin.map((_, i) => i + (layout === 'first' ? 2 : 1))), // biome-ignore format: one line for each input
  ]);
  return namedValue(node.outputShape, name, layout);
};

const upSampling: LayerWriter = (g, { node, x }, { size = 2, interpolation }) => {
  const spatialAxes = node.inputShape.length - 1;
  const scales = g.floats('scales', [1, 1, ...[size, size].flat().slice(-spatialAxes)]);
  const name = g.add(
    'Resize',
    [g.inLayout(x, 'first'), '', scales],
    interpolation === 'bilinear'
      ? { mode: 'linear', coordinate_transformation_mode: 'half_pixel' }
      : { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  );
  return namedValue(node.outputShape, name, 'first');
};

const reshape: LayerWriter = (g, { node, x }) => {
  const { inputShape, outputShape } = node;
  if (outputShape.join() === inputShape.join()) return x;
  const source = g.inLayout(x, 'last');
  // In a shape for Reshape, 0 is the size of the batch.
  const isFlat = outputShape.length === 1;
  const name = isFlat
    ? g.add('Flatten', [source], { axis: 1 })
    : g.add('Reshape', [source, g.integers('shape', [0, ...outputShape])]);
  return namedValue(outputShape, name);
};

/** Both inputs in the layout that the wrapped layers' output has. */
const joined = (g: GraphWriter, { x, skipInput }: LayerInput): { layout: Layout; inputs: string[] } => {
  const layout = layoutOf(x);
  return { layout, inputs: [g.inLayout(skipInput!, layout), x[layout]!] };
};

const unchanged: LayerWriter = (_, { x }) => x;

/** x · deviation + mean or (x - mean) / deviation, where a deviation of 0 counts as 1. */
const normalization: LayerWriter = (g, { node, x }, { invert }) => {
  const [mean, deviation] = [weightName(node, 'mean')!, weightName(node, 'deviation')!];
  const source = g.inLayout(x, 'last');
  if (invert) return namedValue(x.shape, g.add('Add', [g.add('Mul', [source, deviation]), mean]));
  const difference = g.add('Sub', [source, mean]);
  const { data } = g.weights[deviation]!;
  const divisor = data.includes(0)
    ? g.floats(
        'divisor',
        Array.from(data, (value) => value || 1),
      )
    : deviation;
  return namedValue(x.shape, g.add('Div', [difference, divisor]));
};

/** Weights of one value for each channel, or a constant for missing ones. */
const channels = (g: GraphWriter, node: Node, name: string, otherwise: number): string =>
  weightName(node, name) ??
  g.floats(name, Array(lastAxis(node.inputShape)).fill(otherwise), [lastAxis(node.inputShape)]);

const affine = (g: GraphWriter, node: Node) => [channels(g, node, 'gamma', 1), channels(g, node, 'beta', 0)];

/** x · kernel + bias over the last axis. */
function product(g: GraphWriter, x: Value, units: number, [kernel, bias]: (string | undefined)[]): Value {
  const source = g.inLayout(x, 'last');
  const shape = [...x.shape.slice(0, -1), units];
  if (x.shape.length === 1) return namedValue(shape, g.add('Gemm', [source, kernel, bias]));
  const name = g.add('MatMul', [source, kernel]);
  return namedValue(shape, bias ? g.add('Add', [name, bias]) : name);
}

/** The value as one axis, if it has more. */
const flat = (g: GraphWriter, x: Value): Value =>
  x.shape.length === 1 ? x : namedValue([sizeOf(x.shape)], g.add('Flatten', [g.inLayout(x, 'last')], { axis: 1 }));

const gru: LayerWriter = (g, { node, x }, { units, returnSequences, goBackwards, resetAfter = true }) => {
  // [batch, time, features] becomes [time, batch, features].
  let steps = g.add('Transpose', [g.inLayout(x, 'last')], { perm: [1, 0, 2] });
  // The states come in the order of their computation, which the direction "reverse" of the operator would turn round.
  if (goBackwards) {
    const last = g.integers('last', [-1]);
    steps = g.add('Slice', [steps, last, g.integers('end', [-(2 ** 31)]), g.integers('axis', [0]), last]);
  }
  const names = ['kernel', 'recurrentKernel', 'bias'].map((name) => weightName(node, name));
  const attributes = { hidden_size: units, linear_before_reset: resetAfter ? 1 : 0 };
  if (!returnSequences) {
    const state = g.add('GRU', [steps, ...names], attributes, (name) => ['', name]);
    return namedValue(node.outputShape, g.add('Squeeze', [state, g.integers('axes', [0])]));
  }
  const states = g.add('Squeeze', [g.add('GRU', [steps, ...names], attributes), g.integers('axes', [1])]);
  return namedValue(node.outputShape, g.add('Transpose', [states], { perm: [1, 0, 2] }));
};

/** Writes the k largest values into zeros. */
const kSparse: LayerWriter = (g, { node, x }, { k }) => {
  const source = flat(g, x).last!;
  const values = g.add('TopK', [source, g.integers('k', [k])], {}, (name) => [name, `${name}/indices`]);
  const zeros = g.add('ConstantOfShape', [g.add('Shape', [source])]);
  const name = g.add('ScatterElements', [zeros, `${values}/indices`, values], { axis: 1 });
  const { outputShape } = node;
  if (outputShape.length === 1) return namedValue(outputShape, name);
  return namedValue(outputShape, g.add('Reshape', [name, g.integers('shape', [0, ...outputShape])]));
};

/** Values below the threshold become 0. */
const sparse: LayerWriter = (g, { node, x }, { activity }) => {
  if (activity !== 'share') return x;
  const layout = layoutOf(x);
  const isActive = g.add('GreaterOrEqual', [x[layout], weightName(node, 'control')]);
  return namedValue(x.shape, g.add('Where', [isActive, x[layout], g.floats('zero', [0])]), layout);
};

/** Round takes ties to the even number, as the kernel does. */
const quantized: LayerWriter = (g, { x }, { step = 1 }) => {
  const layout = layoutOf(x);
  const size = g.floats('step', [step]);
  const steps = g.add('Round', [g.add('Div', [x[layout], size])]);
  return namedValue(x.shape, g.add('Mul', [steps, size]), layout);
};

/** The operators of each layer, by type. */
export const layerWriters: Readonly<Record<string, LayerWriter | undefined>> = {
  dense: (g, { node, x }, { units, activation }) =>
    activate(g, product(g, x, units, [weightName(node, 'kernel'), weightName(node, 'bias')]), activation),
  conv1d: convolution('Conv'),
  conv2d: convolution('Conv'),
  conv2dTranspose: convolution('ConvTranspose', (axes) => ({
    // For strides above the length of a window.
    output_padding: axes.map(({ inputSize, outputSize, kernel, stride, dilation }) =>
      Math.max(inputSize - (outputSize - 1) * stride - (kernel - 1) * dilation - 1, 0),
    ),
  })),
  depthwiseConv2d: convolution('Conv', (_, { inputShape }) => ({ group: lastAxis(inputShape) })),
  separableConv2d: (g, { node, x }, { activation }) => {
    const axes = axesOf(node);
    const each = g.add('Conv', [g.inLayout(x, 'first'), weightName(node, 'depthwiseKernel')], {
      ...windowAttributes(axes),
      dilations: axes.map((axis) => axis.dilation),
      group: lastAxis(node.inputShape),
    });
    const all = g.add('Conv', [each, weightName(node, 'pointwiseKernel'), weightName(node, 'bias')]);
    return activate(g, namedValue(node.outputShape, all, 'first'), activation);
  },
  maxPooling1d: pooling('MaxPool'),
  maxPooling2d: pooling('MaxPool'),
  averagePooling1d: pooling('AveragePool'),
  averagePooling2d: pooling('AveragePool'),
  globalAveragePooling2d: (g, { node, x }) => {
    const mean = g.add('GlobalAveragePool', [g.inLayout(x, 'first')]);
    return namedValue(node.outputShape, g.add('Flatten', [mean], { axis: 1 }));
  },
  upSampling1d: upSampling,
  upSampling2d: upSampling,
  zeroPadding1d: zeroPadding,
  zeroPadding2d: zeroPadding,
  cropping1d: cropping,
  cropping2d: cropping,
  flatten: reshape,
  reshape,
  activation: (g, { x }, { activation }) => activate(g, x, activation),
  batchNormalization: (g, { node, x }, { epsilon = 0.001 }) => {
    const statistics = ['movingMean', 'movingVariance'].map((name) => weightName(node, name));
    const name = g.add('BatchNormalization', [g.inLayout(x, 'first'), ...affine(g, node), ...statistics], {
      epsilon: Float32Array.of(epsilon),
    });
    return namedValue(x.shape, name, 'first');
  },
  layerNormalization: (g, { node, x }, { epsilon = 0.001 }) =>
    namedValue(
      x.shape,
      g.add('LayerNormalization', [g.inLayout(x, 'last'), ...affine(g, node)], { epsilon: Float32Array.of(epsilon) }),
    ),
  normalization,
  gru,
  residual: (g, input) => {
    const { layout, inputs } = joined(g, input);
    return namedValue(input.x.shape, g.add('Add', inputs), layout);
  },
  skip: (g, input) => {
    const { layout, inputs } = joined(g, input);
    const axis = layout === 'first' ? 1 : input.x.shape.length;
    return namedValue(input.node.outputShape, g.add('Concat', inputs, { axis }), layout);
  },
  dropout: unchanged,
  gaussianNoise: unchanged,
  contractive: unchanged,
  variational: (g, { node, x }, { units }) =>
    product(g, flat(g, x), units, [weightName(node, 'mean.kernel'), weightName(node, 'mean.bias')]),
  kSparse,
  sparse,
  quantized,
};
