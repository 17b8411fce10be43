// From the nodes of a graph to layers.

import { formatError } from '../../core/errors.ts';
import { MAX_AXES } from '../../core/shape.ts';
import type { Tensor } from '../../files/safetensors.ts';
import { type Chain, channelsFirstAxes, naturalAxes, type Part } from './chain.ts';
import { Context, type GraphState } from './context.ts';
import { type GraphFile, type GraphNode, integersOf } from './file.ts';
import { operators } from './operators.ts';
import { shapeValues } from './shapes.ts';

/** Operators whose first input has channels as its second axis, and those whose result has the axes of their inputs. */
const channelOperators = /^(Conv|ConvTranspose|MaxPool|AveragePool|GlobalAveragePool|BatchNormalization)$/;
const sameAxes =
  /^(Relu|LeakyRelu|PRelu|Elu|Selu|Sigmoid|Tanh|Softplus|Softmax|Erf|Add|Sub|Mul|Div|Concat|Pad|Slice|Resize|Upsample|Identity|Dropout|Cast)$/;

/** The values that `output` depends on, and those that have channels as their second axis. */
function analyze(nodes: readonly GraphNode[], output: string) {
  const needed = new Set([output]);
  const channelsFirst = new Set<string>();
  for (const { operator, inputs, outputs } of [...nodes].reverse()) {
    if (!outputs.some((name) => needed.has(name))) continue;
    for (const name of inputs) needed.add(name);
    if (channelOperators.test(operator)) channelsFirst.add(inputs[0]!);
    else if (sameAxes.test(operator) && outputs.some((name) => channelsFirst.has(name)))
      for (const name of inputs) channelsFirst.add(name);
  }
  return { needed, channelsFirst };
}

/** The input of the graph as a value. */
function inputChain({ inputs, tensors }: GraphFile, channelsFirst: ReadonlySet<string>) {
  const modelInputs = inputs.filter(({ name }) => !tensors.has(name));
  const [input] = modelInputs;
  if (modelInputs.length !== 1 || !input)
    throw formatError('model', 'file', 'a graph with one input', modelInputs.length);
  const [, ...lengths] = input.dims;
  if (lengths.length === 0 || lengths.some((length) => !(length >= 1)))
    throw formatError('model', input.name, 'a batch and axes of known lengths', `[${input.dims.join(', ')}]`);
  const isFirst = channelsFirst.has(input.name);
  const shape = isFirst ? [...lengths.slice(1), lengths[0]!] : lengths;
  const axes = isFirst ? channelsFirstAxes(shape.length) : naturalAxes(shape.length);
  return { name: input.name, chain: { shape, axes, source: undefined, depth: 0, part: undefined } };
}

/** Zeros of any shape, such as the first state of a GRU, or a list of integers. */
function readConstantOfShape(c: Context, name: string): void {
  const value = c.node.attributes.value as Tensor | undefined;
  const [count = 0, ...others] = c.integers(0) ?? [];
  if (!value?.data.some((byte) => byte !== 0)) c.state.zeros.add(name);
  if (value?.dtype === 'I64' && others.length === 0 && count >= 0 && count <= MAX_AXES)
    c.state.integers.set(name, Array(count).fill(integersOf(value)[0]));
}

/** The value of the first output. Errors: FormatError with the name of the node. */
export function readGraph(file: GraphFile): { input: Chain; output: Chain } {
  const { nodes, outputs } = file;
  const output = outputs[0]?.name ?? '';
  const { needed, channelsFirst } = analyze(nodes, output);
  const input = inputChain(file, channelsFirst);
  const state: GraphState = {
    chains: new Map([[input.name, input.chain]]),
    tensors: new Map(file.tensors),
    integers: new Map(),
    channelsFirst,
    needed,
    zeros: new Set(),
    wrapped: new Set<Part>(),
    repeated: 0,
  };
  const table = operators();
  for (const node of nodes) {
    const [first] = node.outputs;
    if (!node.outputs.some((name) => needed.has(name))) continue;
    const c = new Context(node, state);
    const { value } = node.attributes;
    if (node.operator === 'Constant' && value && typeof value === 'object') {
      state.tensors.set(first!, value as Tensor);
      continue;
    }
    if (node.operator === 'ConstantOfShape') {
      readConstantOfShape(c, first ?? '');
      continue;
    }
    const integers = shapeValues(c);
    if (integers) {
      if (integers.length > 64) throw c.error('a shape', `${integers.length} values`);
      state.integers.set(first!, integers);
      continue;
    }
    const read = Object.hasOwn(table, node.operator) ? table[node.operator] : undefined;
    if (!read) throw c.error('an operator of isthmus', node.operator);
    const chain = read(c);
    if (first) state.chains.set(first, chain);
  }
  const result = state.chains.get(output);
  if (!result) throw formatError('model', output, 'nodes that compute it, in order', 'none');
  return { input: input.chain, output: result };
}
