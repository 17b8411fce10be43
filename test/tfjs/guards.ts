// Watches the memory of tfjs while kernels of ours run: each call of a kernel may change the blocks that are declared
// writable and those that were allocated since `watch` began, and no other byte.
import assert from 'node:assert/strict';

/** What stands before and behind each block. Kernels may read it, and no result may depend on it. */
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
  /** Blocks that the kernel that runs may change, or nothing between kernels. */
  #writable: Set<Block> | undefined;
  #mirror = new Uint8Array(0);
  #fill = 0;
  /** The first byte that no block has reached, and all blocks lie below. */
  #end = 0;
  /** Calls of each exported function of our modules. */
  readonly calls = new Map<string, number>();

  /** From now on blocks have guards, and modules that are instantiated are watched. */
  constructor(backend: object) {
    const { wasm } = backend as { wasm: Wasm };
    this.#wasm = wasm;
    // Emscripten puts the functions themselves in the place of these when they are first called.
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

  /** Blocks, guards and all, hold this word when they are allocated. */
  set fill(word: number) {
    this.#fill = word;
  }

  /** Runs kernels, which may change these blocks besides what they allocate. */
  watch<T>(run: () => T, addresses: readonly number[] = []): T {
    assert.equal(this.#writable, undefined, 'one at a time');
    this.#writable = new Set(addresses.map((address) => this.#live.get(address)!));
    try {
      return run();
    } finally {
      this.#writable = undefined;
    }
  }

  /** As `watch`, for what does not end at once: all that is allocated until `end` is called belongs to it. */
  begin(): () => void {
    this.#writable = new Set();
    return () => {
      this.#writable = undefined;
    };
  }

  #call(name: string, f: (...args: number[]) => unknown, args: number[]): unknown {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    if (!this.#writable) return f(...args);
    // A margin for what leaves the heap in use.
    const all = new Uint8Array(this.#wasm.asm.memory.buffer).subarray(0, this.#end + 2 ** 18);
    if (this.#mirror.length < all.length) this.#mirror = new Uint8Array(all.length);
    const mirror = this.#mirror.subarray(0, all.length);
    mirror.set(all);
    const result = f(...args);
    let at = 0;
    const same = (to: number): void => {
      if (Buffer.compare(all.subarray(at, to), mirror.subarray(at, to)) === 0) return;
      while (all[at] === mirror[at]) at++;
      const near = [...this.#live.values()].find(
        ({ address, bytes }) => at >= address - PAD && at < address + bytes + PAD,
      );
      const where =
        near && `at ${at - near.address} of ${near.bytes} bytes${this.#writable!.has(near) ? '' : ', an input'}`;
      assert.fail(`${name}(${args.join(', ')}) changed byte ${at}: ${where ?? 'no block of ours'}`);
    };
    for (const { address, bytes } of [...this.#writable].sort((a, b) => a.address - b.address)) {
      same(address);
      at = address + bytes;
    }
    same(all.length);
    return result;
  }
}
