// The inputs of a node while a graph is read.

import { sizeOf } from '../../core/shape.ts';
import { decodeTensor } from '../../files/dtype.ts';
import type { Tensor } from '../../files/safetensors.ts';
import { type Chain, nodeError, type Part } from './chain.ts';
import { type GraphNode, integersOf } from './file.ts';
import { rowsToSample } from './order.ts';

/** Limit of the values that all constants of one element become, one for each channel: 64 MB. */
const MAX_REPEATED = 2 ** 24;

/** The values that have been read, by name, and facts about the graph. */
export interface GraphState {
  readonly chains: Map<string, Chain>;
  readonly tensors: Map<string, Tensor>;
  /** Shapes that the graph computes. The size of the batch is -1. */
  readonly integers: Map<string, readonly number[]>;
  /** Values that operators with channels first read. */
  readonly channelsFirst: ReadonlySet<string>;
  /** Values that are zeros, of any shape. */
  readonly zeros: Set<string>;
  /** Values that the output depends on. */
  readonly needed: ReadonlySet<string>;
  /** Layers inside of a residual or skip. */
  readonly wrapped: Set<Part>;
  repeated: number;
}

/** A node that is read. */
export class Context {
  readonly node: GraphNode;
  readonly state: GraphState;

  constructor(node: GraphNode, state: GraphState) {
    this.node = node;
    this.state = state;
  }

  /** The layers that compute an input; undefined for a constant. */
  chain = (index: number): Chain | undefined => this.state.chains.get(this.node.inputs[index] ?? '');

  /** The first input. Errors: FormatError unless the layers before it are known. */
  get x(): Chain {
    const chain = this.chain(0);
    if (!chain) throw this.error('a first input that depends on the input of the graph', this.node.inputs[0]);
    return chain;
  }

  /** A constant input. */
  tensor = (index: number): Tensor | undefined => this.state.tensors.get(this.node.inputs[index] ?? '');

  /** The values of a constant input. Errors: FormatError for other inputs. */
  floats(index: number): Float32Array<ArrayBuffer> {
    const tensor = this.tensor(index);
    const name = this.node.inputs[index] ?? '';
    if (!tensor) throw this.error(`a constant as input ${index}`, name || 'none');
    return decodeTensor(new Map([[name, tensor]]), name, tensor.shape);
  }

  /** The integers of an input, or of an attribute of older operator sets. Undefined: neither is there. */
  integers(index: number, attribute = ''): readonly number[] | undefined {
    const tensor = this.tensor(index);
    const list = this.node.attributes[attribute];
    if (tensor) return /^I(32|64)$/.test(tensor.dtype) ? integersOf(tensor) : undefined;
    return this.state.integers.get(this.node.inputs[index] ?? '') ?? (Array.isArray(list) ? list : undefined);
  }

  /** An attribute that is a list of integers. */
  list(name: string, otherwise: readonly number[]): readonly number[] {
    const value = this.node.attributes[name];
    return Array.isArray(value) && value.length ? value : otherwise;
  }

  /** An attribute that is a number. */
  number(name: string, otherwise: number): number {
    const value = this.node.attributes[name];
    return typeof value === 'number' ? value : otherwise;
  }

  /** Checks attributes of which isthmus has one value. Errors: FormatError for another value. */
  only(values: Readonly<Record<string, number | string>>): void {
    for (const [name, value] of Object.entries(values)) {
      const found = this.node.attributes[name] ?? value;
      const equal = typeof value === 'number' ? Math.abs(Number(found) - value) < 1e-6 : found === value;
      if (!equal) throw this.error(`${name} ${value}`, found);
    }
  }

  /** The error for this node: `"conv1" expected …, got …`. */
  error = (expected: string, got: unknown) => nodeError(this.node, expected, `${got} (${this.node.operator})`);

  /** An axis of the first input, in the axes of the sample plus 1; 0 is the batch. */
  axis = (index: number): number | undefined => this.x.axes.at(index);

  /** One value for each channel of `x`. */
  repeated(x: Chain, value: number): Float32Array<ArrayBuffer> {
    const count = x.shape.at(-1) ?? 0;
    this.state.repeated += count;
    if (this.state.repeated > MAX_REPEATED) throw this.error('fewer channels', count);
    return new Float32Array(count).fill(value);
  }

  /** A constant of one value, or of one for each channel, as one for each channel of `x`. */
  channels(x: Chain, index: number): Float32Array<ArrayBuffer> {
    const values = this.floats(index);
    const { shape } = this.tensor(index)!;
    const count = x.shape.at(-1) ?? 0;
    if (values.length === 1) return this.repeated(x, values[0]!);
    // The axes are aligned at the last one.
    const axis = x.axes[x.axes.length - shape.length + shape.indexOf(values.length)];
    if (sizeOf(shape) !== count || axis !== x.shape.length)
      throw this.error('a constant with one value for each channel', `the shape [${shape.join(', ')}]`);
    return rowsToSample(values, 1, x.joined);
  }
}
