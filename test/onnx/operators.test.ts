// Graphs of operators as other tools write them, read by `fromOnnx`, with the outputs of onnxruntime-web.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { fromOnnx } from 'isthmus/onnx';
import { needing } from '../runtimes/harness.ts';
import { chain, weights } from './chain.ts';
import { floats, type GraphText, graphFile, integers } from './graph-file.ts';
import { largestDifference, open, runtime, sizeOf, values } from './models.ts';

const ort = runtime();

/** Values of a batch of `dims` with the axes in another order. */
function permuted(data: Float32Array, dims: readonly number[], order: readonly number[]): Float32Array {
  const lengths = order.map((axis) => dims[axis]!);
  return data.map((_, i) => {
    let rest = i;
    let from = 0;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      from += (rest % lengths[axis]!) * sizeOf(dims.slice(order[axis]! + 1));
      rest = Math.floor(rest / lengths[axis]!);
    }
    return data[from]!;
  });
}

const toLast = (rank: number): number[] => [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];

interface Layouts {
  /** The input and the output have channels as their second axis. Default: where they have more than two axes. */
  readonly first?: { readonly input: boolean; readonly output: boolean };
  readonly layers: string;
}

/** Reads a graph, and compares the outputs for three samples. */
async function agrees(graph: GraphText, { first, layers }: Layouts): Promise<void> {
  const bytes = graphFile(graph);
  const dims = [3, ...graph.input!.slice(1)] as number[];
  const x = values(sizeOf(dims), 5);
  const session = await open(ort!, bytes);
  const y = await session.run(x, dims);
  await session.release();
  const model = await fromOnnx(bytes);
  const last = (data: Float32Array, shape: readonly number[], isFirst: boolean): Float32Array =>
    isFirst && shape.length > 2 ? permuted(data, shape, toLast(shape.length)) : data;
  const predicted = model.predict(last(x, dims, first?.input ?? true));
  const expected = last(y.data, y.dims, first?.output ?? true);
  const difference = largestDifference(expected, predicted);
  assert.ok(difference <= 1e-5, String(difference));
  const { encoder, decoder, head } = model.spec;
  assert.equal([...encoder, ...(decoder ?? head ?? [])].map(({ type }) => type).join(' '), layers);
}

const images = ['N', 3, 6, 8];
const channelsLast = { input: false, output: false };

/** Graphs with their layers. */
const graphs: Readonly<Record<string, GraphText & Layouts>> = {
  'matrices with a bias in the next node': {
    nodes: chain({ operator: 'MatMul', inputs: ['w'] }, { operator: 'Add', inputs: ['b'] }, { operator: 'Relu' }),
    tensors: [weights('w', 5, 3), weights('b', 3)],
    input: ['N', 5],
    layers: 'dense',
  },
  'a convolution with channels last between transpositions, as tf2onnx writes it': {
    nodes: chain(
      { operator: 'Transpose', attributes: { perm: [0, 3, 1, 2] } },
      { operator: 'Conv', inputs: ['w', 'b'], attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] } },
      { operator: 'Relu' },
      { operator: 'Transpose', attributes: { perm: [0, 2, 3, 1] } },
      { operator: 'Reshape', inputs: ['flat'] },
      { operator: 'MatMul', inputs: ['m'] },
      { operator: 'Reshape', inputs: ['picture'] },
      { operator: 'Transpose', attributes: { perm: [0, 3, 1, 2] } },
      { operator: 'ConvTranspose', inputs: ['t'], attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] } },
      { operator: 'Transpose', attributes: { perm: [0, 2, 3, 1] } },
    ),
    tensors: [
      weights('w', 4, 2, 3, 3),
      weights('b', 4),
      integers('flat', [-1, 48]),
      weights('m', 48, 48),
      integers('picture', [-1, 3, 4, 4]),
      weights('t', 4, 2, 3, 3),
    ],
    input: ['N', 6, 8, 2],
    first: channelsLast,
    layers: 'conv2d flatten dense reshape conv2dTranspose',
  },
  'a convolution of signals as one of pictures of height 1': {
    nodes: chain(
      { operator: 'Unsqueeze', inputs: ['one'] },
      { operator: 'Transpose', attributes: { perm: [0, 3, 1, 2] } },
      { operator: 'Conv', inputs: ['w'], attributes: { pads: [0, 1, 0, 1] } },
      { operator: 'Squeeze', inputs: ['two'] },
      { operator: 'Transpose', attributes: { perm: [0, 2, 1] } },
    ),
    tensors: [integers('one', [1]), weights('w', 4, 2, 1, 3), integers('two', [2])],
    input: ['N', 7, 2],
    first: channelsLast,
    layers: 'reshape conv2d reshape',
  },
  'constants for each channel': {
    nodes: chain(
      { operator: 'Sub', inputs: ['a'] },
      { operator: 'Div', inputs: ['b'] },
      { operator: 'Conv', inputs: ['w'] },
      { operator: 'Mul', inputs: ['c'] },
      { operator: 'Add', inputs: ['d'] },
    ),
    tensors: [
      weights('a', 3, 1, 1),
      floats('b', [1, 3, 1, 1], [0.5, 2, 3]),
      weights('w', 2, 3, 1, 1),
      floats('c', [], [3]),
      weights('d', 2, 1, 1),
    ],
    input: images,
    layers: 'normalization conv2d normalization',
  },
  'a constant on the left': {
    nodes: [
      { operator: 'Sub', inputs: ['one', 'x'], output: 'a' },
      { operator: 'Mul', inputs: ['two', 'a'] },
    ],
    tensors: [floats('one', [1], [1]), floats('two', [1], [2])],
    input: ['N', 4],
    layers: 'normalization normalization',
  },
  'gelu with the half in front, as Keras writes it': {
    nodes: [
      { operator: 'Mul', inputs: ['x', 'half'], output: 'h' },
      { operator: 'Mul', inputs: ['x', 'root'], output: 'r' },
      { operator: 'Erf', inputs: ['r'], output: 'e' },
      { operator: 'Add', inputs: ['one', 'e'], output: 'f' },
      { operator: 'Mul', inputs: ['h', 'f'] },
    ],
    tensors: [floats('half', [], [0.5]), floats('root', [], [Math.SQRT1_2]), floats('one', [], [1])],
    input: ['N', 4],
    layers: 'activation',
  },
  'slopes below zero': {
    nodes: chain(
      { operator: 'Conv', inputs: ['w'] },
      { operator: 'LeakyRelu', attributes: { alpha: Float32Array.of(0.3) } },
      { operator: 'PRelu', inputs: ['s'] },
      { operator: 'LeakyRelu', attributes: { alpha: Float32Array.of(0.2) } },
    ),
    tensors: [weights('w', 3, 3, 1, 1), floats('s', [3, 1, 1], [0.1, 0.2, -1])],
    input: images,
    first: { input: true, output: true },
    layers: 'conv2d residual residual activation',
  },
  'padding, cropping and means that count zeros': {
    nodes: chain(
      { operator: 'Conv', inputs: ['w'], attributes: { pads: [0, 1, 2, 0] } },
      { operator: 'Pad', inputs: ['p'] },
      { operator: 'AveragePool', attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 } },
      { operator: 'Slice', inputs: ['starts', 'ends', 'axes'] },
      { operator: 'MaxPool', attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 0 } },
    ),
    tensors: [
      weights('w', 2, 3, 3, 2),
      integers('p', [0, 0, 1, 0, 0, 0, 0, 1]),
      integers('starts', [1, -8]),
      integers('ends', [1000, -1]),
      integers('axes', [2, -1]),
    ],
    input: images,
    layers: 'zeroPadding2d conv2d zeroPadding2d zeroPadding2d averagePooling2d cropping2d maxPooling2d',
  },
  'a mean of pictures that a convolution of one pixel reads': {
    nodes: chain(
      { operator: 'Conv', inputs: ['w'] },
      { operator: 'GlobalAveragePool' },
      { operator: 'Conv', inputs: ['v'] },
      { operator: 'Flatten' },
    ),
    tensors: [weights('w', 4, 3, 1, 1), weights('v', 2, 4, 1, 1)],
    input: images,
    layers: 'conv2d globalAveragePooling2d reshape conv2d flatten',
  },
  'a mean over height and width': {
    nodes: chain(
      { operator: 'Conv', inputs: ['w'] },
      { operator: 'ReduceMean', attributes: { axes: [2, 3], keepdims: 0 } },
    ),
    tensors: [weights('w', 4, 3, 1, 1)],
    input: images,
    layers: 'conv2d globalAveragePooling2d',
  },
  'a vector in the order of channels first that is normalized': {
    nodes: chain(
      { operator: 'Conv', inputs: ['w'] },
      { operator: 'Flatten' },
      { operator: 'BatchNormalization', inputs: ['g', 'b', 'm', 'v'] },
      { operator: 'Add', inputs: ['a'] },
      { operator: 'Gemm', inputs: ['k'] },
    ),
    tensors: [
      weights('w', 2, 3, 1, 1),
      weights('g', 96),
      weights('b', 96),
      weights('m', 96),
      floats(
        'v',
        [96],
        Array.from({ length: 96 }, (_, i) => 1 + i / 96),
      ),
      weights('a', 96),
      weights('k', 96, 3),
    ],
    input: images,
    layers: 'conv2d flatten batchNormalization normalization dense',
  },
  'pictures of other sizes': {
    nodes: chain(
      { operator: 'Conv', inputs: ['w'] },
      { operator: 'Resize', inputs: ['', '', 'sizes'], attributes: { mode: 'linear' } },
      { operator: 'Resize', inputs: ['', 'scales'], attributes: { mode: 'nearest' } },
    ),
    tensors: [weights('w', 2, 3, 1, 1), integers('sizes', [3, 2, 12, 24]), floats('scales', [4], [1, 1, 3, 1])],
    input: images,
    layers: 'conv2d upSampling2d upSampling2d',
  },
  'upsampling of operator set 9': {
    nodes: chain(
      { operator: 'Conv', inputs: ['w'] },
      { operator: 'Upsample', inputs: ['s'], attributes: { mode: 'nearest' } },
    ),
    tensors: [weights('w', 2, 3, 1, 1), floats('s', [4], [1, 1, 2, 2])],
    input: images,
    operatorSet: 9,
    layers: 'conv2d upSampling2d',
  },
  'a recurrent layer from its end': {
    nodes: [
      { operator: 'Transpose', inputs: ['x'], output: 't', attributes: { perm: [1, 0, 2] } },
      {
        operator: 'GRU',
        inputs: ['t', 'w', 'r', 'b'],
        outputs: ['', 'h'],
        attributes: { hidden_size: 4, direction: 'reverse' },
      },
      { operator: 'Squeeze', inputs: ['h', 'zero'] },
    ],
    tensors: [weights('w', 1, 12, 2), weights('r', 1, 12, 4), weights('b', 1, 24), integers('zero', [0])],
    input: ['N', 5, 2],
    first: channelsLast,
    layers: 'gru',
  },
  'a skip path with channels last': {
    nodes: [
      { operator: 'MatMul', inputs: ['x', 'w'], output: 'a' },
      { operator: 'Tanh', inputs: ['a'], output: 'b' },
      { operator: 'Concat', inputs: ['x', 'b'], attributes: { axis: -1 } },
    ],
    tensors: [weights('w', 2, 3)],
    input: ['N', 5, 2],
    first: channelsLast,
    layers: 'skip',
  },
};

/** Transposed convolutions: [attributes], with windows of 3 × 2. */
const transposed: Readonly<Record<string, Record<string, number[]>>> = {
  'no attributes': {},
  strides: { strides: [2, 3] },
  'padding and output padding': { strides: [2, 2], pads: [1, 0, 1, 0], output_padding: [1, 0] },
  'different ends': { strides: [2, 2], pads: [1, 0, 0, 1] },
  dilations: { dilations: [2, 3], pads: [1, 1, 2, 2] },
};

describe('operators of other tools', () => {
  for (const [title, { layers, first, ...graph }] of Object.entries(graphs))
    needing(ort ? undefined : 'onnxruntime-web', title, () => agrees(graph, { layers, ...(first && { first }) }));

  for (const [title, attributes] of Object.entries(transposed))
    needing(ort ? undefined : 'onnxruntime-web', `a transposed convolution: ${title}`, async () => {
      const nodes = chain({ operator: 'ConvTranspose', inputs: ['w', 'b'], attributes }, { operator: 'Sigmoid' });
      const graph = { nodes, tensors: [weights('w', 3, 2, 3, 2), weights('b', 2)], input: images };
      const model = await fromOnnx(graphFile(graph));
      await agrees(graph, { layers: model.spec.encoder.map(({ type }) => type).join(' ') });
      assert.match(model.spec.encoder[0]!.type, /^conv2dTranspose$/);
    });
});
