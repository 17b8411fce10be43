// The content of an ONNX file: metadata, tensors, nodes. Comments name the fields of onnx.proto.

import { concat, viewOf } from '../../core/bytes.ts';
import { formatError } from '../../core/errors.ts';
import { sizeOf } from '../../core/shape.ts';
import { refuseForeign } from '../../files/foreign-formats.ts';
import type { Tensor } from '../../files/safetensors.ts';
import { digest } from '../metadata.ts';
import { bytesIn, type Fields, floatIn, integerIn, MessageReader, textIn, textsIn } from './message.ts';

/** A node of the graph. */
export interface GraphNode {
  /** The name, or the type and the first output. For errors. */
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | string | readonly number[] | Tensor | undefined>>;
}

/** An input or output of the graph. A dimension of unknown length is 0. */
export interface GraphValue {
  readonly name: string;
  readonly dims: readonly number[];
}

export interface GraphFile {
  readonly metadata: Record<string, string>;
  readonly digest: string;
  readonly tensors: Map<string, Tensor>;
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

/** The types of tensors by their number, with the bytes of an element. */
const types: Readonly<Record<number, readonly [Tensor['dtype'], number] | undefined>> = {
  1: ['F32', 4],
  3: ['I8', 1],
  6: ['I32', 4],
  7: ['I64', 8],
  10: ['F16', 2],
  11: ['F64', 8],
  16: ['BF16', 2],
};

/** Integers as little-endian bytes. */
function elementBytes(values: readonly number[], size: number): Uint8Array {
  const bytes = new Uint8Array(values.length * size);
  values.forEach((value, i) => {
    for (let k = 0; k < size; k++) bytes[i * size + k] = Number(BigInt(value) >> BigInt(8 * k));
  });
  return bytes;
}

/** TensorProto: dims 1, data_type 2, float_data 4, int32_data 5, int64_data 7, name 8, raw_data 9, double_data 10, external_data 13. */
function tensorOf(reader: MessageReader, fields: Fields): Tensor {
  const name = textIn(fields, 8);
  const [dtype, size] = types[integerIn(fields, 2)] ?? [];
  if (!dtype || !size) throw formatError('model', name, 'a tensor of floats', `type ${integerIn(fields, 2)}`);
  if (fields[13]) throw formatError('model', name, 'its values in the same file', 'external data');
  // Packed floats have the bytes of raw data.
  const stored = [9, 4, 10].flatMap((field) => bytesIn(fields, field));
  const data = stored.length
    ? concat(stored)
    : elementBytes([...reader.integers(fields, 5), ...reader.integers(fields, 7)], size);
  const shape = reader.integers(fields, 1);
  if (shape.some((length) => length < 0) || sizeOf(shape) * size !== data.length)
    throw formatError('corrupt', name, `${data.length / size} values`, `the shape [${shape.join(', ')}]`);
  return { dtype, shape, data };
}

/** AttributeProto: name 1, f 2, i 3, s 4, t 5, ints 8. */
function attributeOf(reader: MessageReader, fields: Fields): GraphNode['attributes'][string] {
  if (fields[2]) return floatIn(fields, 2);
  if (fields[3]) return integerIn(fields, 3);
  if (fields[4]) return textIn(fields, 4);
  const [tensor] = reader.messages(fields, 5);
  return tensor ? tensorOf(reader, tensor) : reader.integers(fields, 8);
}

/** NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, domain 7. */
function nodeOf(reader: MessageReader, fields: Fields): GraphNode {
  const operator = [textIn(fields, 7), textIn(fields, 4)].filter((text) => text && text !== 'ai.onnx').join('.');
  const outputs = textsIn(fields, 2);
  return {
    name: textIn(fields, 3) || `${operator} ${outputs[0]}`,
    operator,
    inputs: textsIn(fields, 1),
    outputs,
    attributes: Object.fromEntries(
      reader.messages(fields, 5).map((attribute) => [textIn(attribute, 1), attributeOf(reader, attribute)]),
    ),
  };
}

/** ValueInfoProto: name 1, type 2; tensor_type 1, shape 2, dim 1, dim_value 1. */
function graphValueOf(reader: MessageReader, fields: Fields): GraphValue {
  let message: Fields = fields;
  for (const field of [2, 1, 2]) message = reader.messages(message, field)[0] ?? {};
  return { name: textIn(fields, 1), dims: reader.messages(message, 1).map((dim) => integerIn(dim, 1)) };
}

/** Reads a file. Errors: FormatError. ModelProto: graph 7, metadata_props 14, training_info 20. GraphProto: see the writer. */
export function readFile(bytes: Uint8Array): GraphFile {
  // The first field is the version of the format.
  if (bytes[0] !== 8) refuseForeign(bytes, 'file', 'an ONNX file');
  const reader = new MessageReader();
  const model = reader.fields(bytes);
  const [graph] = reader.messages(model, 7);
  if (!graph) throw formatError('model', 'file', 'an ONNX file with a graph', 'none');
  const training = reader.messages(model, 20).flatMap((info) => reader.messages(info, 2));
  const tensors = [graph, ...training]
    .flatMap((one) => reader.messages(one, 5))
    .map((fields) => [textIn(fields, 8), tensorOf(reader, fields)] as const);
  return {
    metadata: Object.fromEntries(
      reader.messages(model, 14).map((entry) => [textIn(entry, 1), textIn(entry, 2)] as const),
    ),
    digest: digest(bytesIn(graph, 1)),
    tensors: new Map(tensors),
    nodes: reader.messages(graph, 1).map((fields) => nodeOf(reader, fields)),
    inputs: reader.messages(graph, 11).map((fields) => graphValueOf(reader, fields)),
    outputs: reader.messages(graph, 12).map((fields) => graphValueOf(reader, fields)),
  };
}

/** The integers of a tensor. */
export function integersOf({ dtype, data }: Tensor): number[] {
  const view = viewOf(data);
  return dtype === 'I64'
    ? Array.from({ length: data.length / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true)))
    : Array.from({ length: data.length / 4 }, (_, i) => view.getInt32(4 * i, true));
}
