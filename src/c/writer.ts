// Collects the parts of a C file: the routines that its functions call, and its constants.

import type { Node, Weight } from '../engine/graph.ts';
import { decodeTensor, encodeTensor } from '../files/dtype.ts';
import type { Tensor } from '../files/safetensors.ts';
import type { Memory } from '../wasm/memory.ts';
import { constantText, floatText, listText } from './literals.ts';
import type { Storage } from './routines/storage.ts';

/** Names of routines that a text uses: `$dense` is the routine `dense`. */
const routineName = /\$(\w+)/g;

interface WriterOptions {
  /** The begin of all names. */
  readonly prefix: string;
  readonly storage: Storage;
  /** Definitions of routines by name. They may use other routines. */
  readonly texts: Readonly<Record<string, string>>;
}

export class Writer {
  /** Bytes of all constants. */
  constantBytes = 0;
  readonly #memory: Memory;
  readonly #prefix: string;
  readonly #storage: Storage;
  readonly #texts: Readonly<Record<string, string>>;
  readonly #routines = new Map<string, string>();
  readonly #arrays = new Map<string, string>();

  constructor(memory: Memory, { prefix, storage, texts }: WriterOptions) {
    this.#memory = memory;
    this.#prefix = prefix;
    this.#storage = storage;
    this.#texts = texts;
  }

  /** The definitions of all routines in use, each one after the routines that it calls. */
  get routines(): string[] {
    return [...this.#routines.values()];
  }

  /** The definitions of all constants. */
  get constants(): string[] {
    return [...this.#arrays.values()];
  }

  /** A C text with the names of routines and the float literals filled in: `$dense`, `@0.5`. */
  resolve(text: string): string {
    return text
      .replace(routineName, (_, name: string) => this.#routine(name))
      .replace(/@(-?[\d.]+(?:e-?\d+)?)/g, (_, number: string) => floatText(Number(number)));
  }

  /** The name of a routine with the prefix. Adds its definition, after those of the routines that it calls. */
  #routine(name: string): string {
    const symbol = `${this.#prefix}_${name}`;
    const text = this.#texts[name];
    if (text !== undefined && !this.#routines.has(name)) {
      const definition = this.resolve(text.replace(new RegExp(`\\$${name}\\b`, 'g'), symbol));
      this.#routines.set(name, definition);
    }
    return symbol;
  }

  /** Kernels are integers with scales. */
  get scaled(): boolean {
    return this.#storage.dtype === 'int8';
  }

  /** The tensors in a file for a weight. Statistics of data stay float32. */
  #tensors({ path, offset, size, shape, exact }: Weight): Map<string, Tensor> {
    const values = this.#memory.read(this.#memory.parameters + offset, size);
    return new Map(encodeTensor(path, values, shape, exact ? 'float32' : this.#storage.dtype));
  }

  /** The values of a weight of a node, rounded as in a file; undefined if the node has none of this name. */
  weights(node: Node, name: string): Float32Array | undefined {
    const weight = node.weights.find((candidate) => candidate.name === name);
    return weight && decodeTensor(this.#tensors(weight), weight.path, weight.shape);
  }

  /**
   * The arguments for a weight of at least two axes, in the type of the storage. `order`: for each value in C, its index in the weight;
   * default the same order. Errors: RangeError for a value outside float16.
   */
  kernel(node: Node, name: string, order?: readonly number[], suffix = ''): string {
    const weight = node.weights.find((candidate) => candidate.name === name)!;
    const { type, dtype, bytes } = this.#storage;
    const label = name.replaceAll('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const tensors = this.#tensors(weight);
    const { data } = tensors.get(weight.path)!;
    const view = new DataView(data.buffer, data.byteOffset);
    const indices = order ?? Array.from({ length: weight.size }, (_, i) => i);
    const textOf = {
      float32: (i: number) => constantText(view.getFloat32(4 * i, true)),
      float16: (i: number) => String(view.getUint16(2 * i, true)),
      int8: (i: number) => String(view.getInt8(i)),
    }[dtype];
    const symbol = this.#array(type, node, `${label}${suffix}`, indices.map(textOf), bytes);
    if (!this.scaled) return symbol;
    const path = `${weight.path}.scale`;
    return `${symbol}, ${this.floats(node, `${label}_scale`, decodeTensor(tensors, path, [weight.shape.at(-1)!]))}`;
  }

  /** The name of a constant array of floats, NULL without values. Functions of a file share the array of one node and name. */
  floats(node: Node, name: string, values: ArrayLike<number> | undefined): string {
    return this.#array('float', node, name, Array.from(values ?? [], constantText));
  }

  /** The address of a constant structure `$type` of 32-bit integers. */
  structure(type: string, node: Node, name: string, members: readonly number[]): string {
    const symbol = this.#symbol(node, name);
    if (!this.#arrays.has(symbol)) {
      this.#arrays.set(symbol, `static const ${this.resolve(type)} ${symbol} = {${members.join(', ')}};`);
      this.constantBytes += 4 * members.length;
    }
    return `&${symbol}`;
  }

  #symbol(node: Node, name: string): string {
    return `${this.#prefix}_${node.path.replaceAll('.', '_')}_${name}`;
  }

  #array(type: string, node: Node, name: string, items: readonly string[], bytes = 4): string {
    if (items.length === 0) return 'NULL';
    const symbol = this.#symbol(node, name);
    if (!this.#arrays.has(symbol)) {
      this.#arrays.set(symbol, `static const ${type} ${symbol}[${items.length}] = {\n${listText(items)}\n};`);
      this.constantBytes += bytes * items.length;
    }
    return symbol;
  }
}
