// Collects the parts of a C file: the kernels that it needs, its constant arrays, and the statements of its functions.

import type { Node } from '../engine/graph.ts';
import type { Memory } from '../wasm/memory.ts';
import { constantText, floatText, listText } from './literals.ts';

/** Names of kernels that a text uses: `$dense` is the kernel `dense`. */
const kernelName = /\$(\w+)/g;

export class Writer {
  /** Bytes of all constants. */
  constantBytes = 0;
  readonly #memory: Memory;
  readonly #prefix: string;
  readonly #texts: Readonly<Record<string, string>>;
  readonly #kernels = new Map<string, string>();
  readonly #arrays = new Map<string, string>();

  /** `prefix`: the begin of all names. `texts`: kernels by name, which may use other kernels. */
  constructor(memory: Memory, prefix: string, texts: Readonly<Record<string, string>>) {
    this.#memory = memory;
    this.#prefix = prefix;
    this.#texts = texts;
  }

  /** The definitions of all kernels in use, each one after those that it uses. */
  get kernels(): string[] {
    return [...this.#kernels.values()];
  }

  /** The definitions of all constants. */
  get constants(): string[] {
    return [...this.#arrays.values()];
  }

  /** A C text with the names of kernels and the float literals filled in: `$dense`, `@0.5`. */
  resolve(text: string): string {
    return text
      .replace(kernelName, (_, name: string) => this.#kernel(name))
      .replace(/@(-?[\d.]+(?:e-?\d+)?)/g, (_, number: string) => floatText(Number(number)));
  }

  #kernel(name: string): string {
    const text = this.#texts[name];
    // A kernel enters the map after those that its text uses.
    if (text !== undefined && !this.#kernels.has(name)) {
      const own = `$${name}`;
      const resolved = this.resolve(text.replace(new RegExp(`\\${own}\\b`, 'g'), `${this.#prefix}_${name}`));
      this.#kernels.set(name, resolved);
    }
    return `${this.#prefix}_${name}`;
  }

  /** The values of a weight of a node; undefined if the node has none of this name. */
  weights(node: Node, name: string): Float32Array | undefined {
    const weight = node.weights.find((candidate) => candidate.name === name);
    return weight && this.#memory.read(this.#memory.parameters + weight.offset, weight.size);
  }

  /** The name of a constant array of floats, NULL without values. Functions of a file share the array of one node and name. */
  floats(node: Node, name: string, values: ArrayLike<number> | undefined): string {
    return values?.length ? this.#array('float', node, name, Array.from(values, constantText)) : 'NULL';
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

  #array(type: string, node: Node, name: string, items: readonly string[]): string {
    const symbol = this.#symbol(node, name);
    if (!this.#arrays.has(symbol)) {
      this.#arrays.set(symbol, `static const ${type} ${symbol}[${items.length}] = {\n${listText(items)}\n};`);
      this.constantBytes += 4 * items.length;
    }
    return symbol;
  }
}
