// Watches the memory of tfjs while kernels of ours run: each call of a kernel may change the blocks that are declared
// writable and those that were allocated since `watch` began, and no other byte.
import assert from 'node:assert/strict';

/** Bytes of padding on both sides of each block. Kernels may read them, but no result may depend on their values. */
const PAD = 256;

interface Wasm {
  _malloc(bytes: number): number;
  _free(address: number): void;
  readonly asm: { readonly memory: WebAssembly.Memory };
}

interface Block {
  readonly address: number;
  readonly bytes: number;
}

export class Guards {
  readonly #wasm: Wasm;
  readonly #live = new Map<number, Block>();
  /** Blocks that the running kernel may change; undefined while no kernel runs. */
  #writable: Set<Block> | undefined;
  #mirror = new Uint8Array(0);
  #fill = 0;
  /** The address behind the highest block so far. */
  #end = 0;
  /** Calls of each exported function of our modules. */
  readonly calls = new Map<string, number>();

  /** From now on new blocks are padded, and the exports of new instances are watched. */
  constructor(backend: object) {
    const { wasm } = backend as { wasm: Wasm };
    this.#wasm = wasm;
    // At their first call, Emscripten replaces these two stubs by the exported functions.
    wasm._free(wasm._malloc(8));
    const [malloc, free] = [wasm._malloc, wasm._free];
    wasm._malloc = (bytes) => {
      const outer = malloc(bytes + 2 * PAD) >>> 0;
      if (!outer) return 0;
      const block = { address: outer + PAD, bytes };
      this.#live.set(block.address, block);
      this.#writable?.add(block);
      this.#end = Math.max(this.#end, outer + bytes + 2 * PAD);
      this.#words(outer, bytes + 2 * PAD).fill(this.#fill);
      return block.address;
    };
    wasm._free = (address) => {
      const block = this.#live.get(address >>> 0);
      if (!block) return free(address);
      this.#live.delete(block.address);
      this.#writable?.delete(block);
      free(block.address - PAD);
    };
    const { Instance, instantiate } = WebAssembly;
    const watched = (exports: WebAssembly.Exports): WebAssembly.Exports =>
      Object.fromEntries(
        Object.entries(exports).map(([name, f]) => [name, (...args: number[]) => this.#call(name, f as never, args)]),
      );
    WebAssembly.Instance = class {
      readonly exports: WebAssembly.Exports;
      constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
        this.exports = watched(new Instance(module, imports).exports);
      }
    };
    WebAssembly.instantiate = (async (module: WebAssembly.Module, imports: WebAssembly.Imports) => {
      const result = await instantiate(module, imports);
      return 'exports' in result ? { exports: watched(result.exports as WebAssembly.Exports) } : result;
    }) as never;
  }

  #words(address: number, bytes: number): Uint32Array {
    return new Uint32Array(this.#wasm.asm.memory.buffer, address - (address % 4), Math.floor(bytes / 4));
  }

  /** The word that fills new blocks and their padding. */
  set fill(word: number) {
    this.#fill = word;
  }

  /** Runs kernels, which may change the blocks at `addresses` and blocks that they allocate. */
  watch<T>(run: () => T, addresses: readonly number[] = []): T {
    assert.equal(this.#writable, undefined, 'watch does not nest');
    this.#writable = new Set(addresses.map((address) => this.#live.get(address)!));
    try {
      return run();
    } finally {
      this.#writable = undefined;
    }
  }

  /** As `watch` for asynchronous work: blocks that are allocated until the returned function is called may be changed. */
  begin(): () => void {
    this.#writable = new Set();
    return () => {
      this.#writable = undefined;
    };
  }

  #call(name: string, f: (...args: number[]) => unknown, args: number[]): unknown {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    if (!this.#writable) return f(...args);
    // Includes a margin of 256 KB, which finds writes beyond the heap in use.
    const all = new Uint8Array(this.#wasm.asm.memory.buffer).subarray(0, this.#end + 2 ** 18);
    if (this.#mirror.length < all.length) this.#mirror = new Uint8Array(all.length);
    const mirror = this.#mirror.subarray(0, all.length);
    mirror.set(all);
    const result = f(...args);
    let at = 0;
    const assertUnchanged = (to: number): void => {
      if (Buffer.compare(all.subarray(at, to), mirror.subarray(at, to)) === 0) return;
      while (all[at] === mirror[at]) at++;
      const near = [...this.#live.values()].find(
        ({ address, bytes }) => at >= address - PAD && at < address + bytes + PAD,
      );
      const where =
        near && `at ${at - near.address} of ${near.bytes} bytes${this.#writable!.has(near) ? '' : ', an input'}`;
      assert.fail(`${name}(${args.join(', ')}) changed byte ${at}: ${where ?? 'outside of all blocks'}`);
    };
    for (const { address, bytes } of [...this.#writable].sort((a, b) => a.address - b.address)) {
      assertUnchanged(address);
      at = address + bytes;
    }
    assertUnchanged(all.length);
    return result;
  }
}
