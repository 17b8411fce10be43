// Writes graphs of operators as ONNX files, for tests of the reader. Comments name the fields of onnx.proto.

import { encodeMessage, type Message, type Value } from '../../src/onnx/write/message.ts';

export type Attribute = number | string | readonly number[] | Float32Array | { readonly tensor: Message };

export interface NodeText {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output?: string;
  readonly outputs?: readonly string[];
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

export interface GraphText {
  readonly nodes: readonly NodeText[];
  readonly tensors?: readonly Message[];
  /** The lengths of the axes of the input `x`. A text is a length that is not known. */
  readonly input?: readonly (number | string)[];
  readonly inputs?: readonly Message[];
  readonly output?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Default 17. */
  readonly operatorSet?: number;
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** A tensor of floats: dims 1, data_type 2, name 8, raw_data 9. */
export const floats = (name: string, dims: readonly number[], values: readonly number[]): Message => ({
  1: dims,
  2: 1,
  8: name,
  9: bytesOf(Float32Array.from(values)),
});

/** A tensor of 64-bit integers. */
export const integers = (
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): Message => ({
  1: dims,
  2: 7,
  8: name,
  9: bytesOf(BigInt64Array.from(values, BigInt)),
});

/** An input or output: name 1, type 2. */
export const valueInfo = (name: string, dims: readonly (number | string)[]): Message => ({
  1: name,
  2: { 1: { 1: 1, 2: { 1: dims.map((length) => (typeof length === 'string' ? { 2: length } : { 1: length })) } } },
});

/** An attribute: name 1, f 2, i 3, s 4, t 5, ints 8, type 20. */
function attribute(name: string, value: Attribute): Message {
  if (typeof value === 'number') return { 1: name, 3: value, 20: 2 };
  if (typeof value === 'string') return { 1: name, 4: value, 20: 3 };
  if (value instanceof Float32Array) return { 1: name, 2: value, 20: 1 };
  return 'tensor' in value ? { 1: name, 5: value.tensor, 20: 4 } : { 1: name, 8: value as readonly Value[], 20: 7 };
}

/** A file: ir_version 1, graph 7, opset_import 8, metadata_props 14. GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
export function graphFile(graph: GraphText): Uint8Array {
  const nodes = graph.nodes.map(({ operator, inputs, output, outputs, name, attributes = {}, domain }) => ({
    1: inputs,
    2: outputs ?? [output ?? 'y'],
    3: name,
    4: operator,
    5: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    7: domain,
  }));
  return encodeMessage({
    1: 8,
    7: {
      1: nodes,
      2: 'graph',
      5: graph.tensors ?? [],
      11: graph.inputs ?? [valueInfo('x', graph.input ?? ['N', 4])],
      12: [{ 1: graph.output ?? 'y', 2: { 1: { 1: 1 } } }],
    },
    8: { 2: graph.operatorSet ?? 17 },
    14: Object.entries(graph.metadata ?? {}).map(([key, value]) => ({ 1: key, 2: value })),
  });
}
