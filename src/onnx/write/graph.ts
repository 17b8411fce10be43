// The nodes, tensors and shapes of a graph that is written. Comments name the fields of onnx.proto.

import type { Shape } from '../../core/shape.ts';
import type { Weights } from '../../model/model.ts';
import { encodeMessage, floatBytes, int64Bytes, type Message } from './message.ts';

/** The value of an attribute. A Float32Array of one is a float. */
type Attribute = number | string | readonly number[] | Float32Array;

/** A tensor of the graph, of one sample shape, under the names it has with channels last and with channels first. */
export interface Value {
  /** The shape of one sample, channels last. */
  readonly shape: Shape;
  last?: string;
  first?: string;
}

/** The two layouts of a value: as in isthmus, and as the operators for images and signals need. */
export type Layout = 'last' | 'first';

/** A value with the output `name` of a node. Samples of fewer than two axes have one layout. */
export const namedValue = (shape: Shape, name: string, layout: Layout = 'last'): Value =>
  shape.length < 2 ? { shape, last: name, first: name } : { shape, [layout]: name };

/** The layout that a value has. */
export const layoutOf = (value: Value): Layout => (value.first === undefined ? 'last' : 'first');

const FLOAT = 1;
const INT64 = 7;

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20. */
function attributeMessage(name: string, value: Attribute): Message {
  if (typeof value === 'number') return { 1: name, 3: value, 20: 2 };
  if (typeof value === 'string') return { 1: name, 4: value, 20: 3 };
  return value instanceof Float32Array ? { 1: name, 2: value, 20: 1 } : { 1: name, 8: value, 20: 7 };
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
const tensorMessage = (name: string, dims: Shape, type: number, bytes: Uint8Array): Message => ({
  1: dims,
  2: type,
  8: name,
  9: bytes,
});

/**
 * ValueInfoProto: name 1, type 2. TypeProto: tensor_type 1; its elem_type 1, shape 2. TensorShapeProto: dim 1; its dim_value 1,
 * dim_param 2. The batch has any size N.
 */
export const valueInfo = (name: string, dims: Shape): Message => ({
  1: name,
  2: { 1: { 1: FLOAT, 2: { 1: [{ 2: 'N' }, ...dims.map((length) => ({ 1: length }))] } } },
});

interface Node {
  readonly inputs: readonly string[];
  readonly outputs: string[];
  readonly name: string;
  readonly operator: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly description: string | undefined;
}

/** A graph that is written node by node. */
export class GraphWriter {
  /** The path of the layer whose nodes are added, such as `encoder.0`: the name of its first node. */
  path = '';
  /** The layer as text: the description of its first node. */
  description = '';
  readonly initializers: Message[] = [];
  /** The weights of the model. */
  readonly weights: Weights;
  readonly #nodes: Node[] = [];
  readonly #names = new Set<string>();
  /** Dimensions of a sample, by name. */
  readonly #shapes = new Map<string, Shape>();

  constructor(weights: Weights) {
    this.weights = weights;
  }

  /** Adds a node and returns the name of its result. An undefined input is left out. `outputs`: all outputs, by the name of the result. */
  add(
    operator: string,
    inputs: readonly (string | undefined)[],
    attributes: Node['attributes'] = {},
    outputs = (name: string): string[] => [name],
  ): string {
    const isFirst = operator !== 'Transpose' && !this.#names.has(this.path);
    const name = isFirst ? this.path : this.#newName(operator);
    this.#names.add(name);
    this.#nodes.push({
      inputs: inputs.filter((input) => input !== undefined),
      outputs: outputs(name),
      name,
      operator,
      attributes,
      description: isFirst ? this.description : undefined,
    });
    return name;
  }

  #newName(suffix: string): string {
    let name = `${this.path}/${suffix}`;
    for (let i = 2; this.#names.has(name); i++) name = `${this.path}/${suffix}.${i}`;
    this.#names.add(name);
    return name;
  }

  /** Adds a constant of integers, one axis. Returns its name. */
  integers(suffix: string, values: readonly number[]): string {
    const name = this.#newName(suffix);
    this.initializers.push(tensorMessage(name, [values.length], INT64, int64Bytes(values)));
    return name;
  }

  /** Adds a constant of floats; a single one has no axis. Returns its name. */
  floats(suffix: string, values: readonly number[], dims = values.length > 1 ? [values.length] : []): string {
    const name = this.#newName(suffix);
    this.initializers.push(floatTensor(name, dims, Float32Array.from(values)));
    return name;
  }

  /** The name of a value in a layout. Adds a transposition unless the value has the layout. */
  inLayout(value: Value, layout: Layout): string {
    const rank = value.shape.length;
    const [first, ...others] = value.shape.map((_, axis) => axis + 1);
    const perm = layout === 'first' ? [0, rank, first!, ...others.slice(0, -1)] : [0, ...others, first!];
    value[layout] ??= this.add('Transpose', [value[layoutOf(value)]!], { perm });
    return value[layout];
  }

  /** Notes the shape of a value for readers of the file. */
  describe({ shape, last, first }: Value): void {
    if (first) this.#shapes.set(first, [...shape.slice(-1), ...shape.slice(0, -1)]);
    if (last) this.#shapes.set(last, shape);
  }

  /** Whether a tensor is an input of a node. */
  uses(name: string): boolean {
    return this.#nodes.some(({ inputs }) => inputs.includes(name));
  }

  /** Renames a value, if its node is the last one. Otherwise nothing changes or, if the name is `required`, a node copies the value. */
  finish(value: Value, name: string, required: boolean): void {
    const source = required ? this.inLayout(value, 'last') : value.last;
    const node = this.#nodes.at(-1);
    this.#shapes.delete(source!);
    if (node?.outputs.at(-1) === source) node!.outputs.splice(-1, 1, name);
    else if (required) this.add('Identity', [source], {}, () => [name]);
    else return;
    if (value.first === source) value.first = name;
    value.last = name;
  }

  /** GraphProto: node 1, name 2, initializer 5, input 11, output 12, value_info 13. NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, doc_string 6. */
  message(name: string, input: Message, output: Message): Message & { 1: Uint8Array[] } {
    return {
      1: this.#nodes.map(({ inputs, outputs, name: nodeName, operator, attributes, description }) =>
        encodeMessage({
          1: inputs,
          2: outputs,
          3: nodeName,
          4: operator,
          5: Object.entries(attributes).map(([key, value]) => attributeMessage(key, value)),
          6: description,
        }),
      ),
      2: name,
      5: this.initializers,
      11: [input],
      12: [output],
      13: [...this.#shapes].map(([key, shape]) => valueInfo(key, shape)),
    };
  }
}

/** A tensor of floats. */
export const floatTensor = (name: string, dims: Shape, values: Float32Array): Message =>
  tensorMessage(name, dims, FLOAT, floatBytes(values));
