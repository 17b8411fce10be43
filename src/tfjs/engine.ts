// Models in the memory of TensorFlow.js: weights, activations and all, allocated by its WASM backend and worked on by
// the kernels of a model that has a memory of its own. So it does all that such a model does, to the bit.

import type { Shape } from '../core/shape.ts';
import { type Arena, newArena } from '../engine/arena.ts';
import { Engine, type EngineFactory, inferenceSources } from '../engine/engine.ts';
import type { Network } from '../engine/graph.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { requireSimd } from '../wasm/load.ts';
import { Memory, SCRATCH_BYTES } from '../wasm/memory.ts';
import { checkMemory } from '../wasm/memory-size.ts';
import type { Source } from '../wasm/modules.ts';
import { kernelsOn } from './host.ts';
import { allocate, backendOf, checkTf, free, memoryOf, type Tf, type WasmBackend } from './internal.ts';

/** What kernels may read beyond a block and leave out. */
const SLACK = 128;
/** Kernels read addresses that are multiples of 16 fastest, and tfjs gives multiples of 8. */
const UNIT = 16;

/** Blocks of a backend's memory that belong to one model. */
class Blocks {
  readonly backend: WasmBackend;
  readonly addresses: number[] = [];

  constructor(backend: WasmBackend) {
    this.backend = backend;
  }

  take(bytes: number, what: string): number {
    const address = allocate(this.backend, bytes + UNIT + SLACK, what);
    this.addresses.push(address);
    return Math.ceil(address / UNIT) * UNIT;
  }
}

/** A block that is taken anew, larger, when it does not suffice. The old one stays: a training may know its place. */
class Block {
  readonly #blocks: Blocks;
  #address = 0;
  #bytes = 0;

  constructor(blocks: Blocks) {
    this.#blocks = blocks;
  }

  /** The address of `bytes` bytes. What was in the block is kept. */
  reserve(bytes: number, user: string): number {
    checkMemory(bytes, user);
    if (bytes > this.#bytes) {
      // Twice as much at least, so that all that were taken are no more than twice the last.
      const [old, had] = [this.#address, this.#bytes];
      const next = Math.max(bytes, 2 * had);
      this.#address = this.#blocks.take(next, user);
      this.#bytes = next;
      const all = new Uint8Array(memoryOf(this.#blocks.backend).buffer);
      all.copyWithin(this.#address, old, old + had);
      // As in a memory that has grown.
      all.fill(0, this.#address + had, this.#address + next);
    }
    return this.#address;
  }
}

/** Gives back the blocks of models that nobody holds any more. */
const dropped =
  typeof FinalizationRegistry === 'function'
    ? /* @__PURE__ */ new FinalizationRegistry<Blocks>((blocks) => release(blocks))
    : undefined;

function release({ backend, addresses }: Blocks): void {
  for (const address of addresses.splice(0)) free(backend, address);
}

class TfjsEngine extends Engine {
  readonly #blocks: Blocks;
  readonly #kept: Block;
  readonly #passing: Block;

  static async on(
    backend: WasmBackend,
    network: Network,
    input: Shape,
    seed: number,
    others: readonly Source[],
  ): Promise<Engine> {
    const blocks = new Blocks(backend);
    checkMemory(SCRATCH_BYTES + network.weightBytes, 'model');
    const kernels = await kernelsOn<Kernels>(backend, [...inferenceSources(network), ...others]);
    const memory = new Memory(memoryOf(backend), blocks.take(SCRATCH_BYTES + network.weightBytes, 'model'));
    // Malloc gives what others have left; a model begins with zeros.
    memory.bytes.fill(0, memory.scratch, memory.parameters + network.weightBytes);
    return new TfjsEngine(network, input, seed, memory, kernels, blocks);
  }

  constructor(network: Network, input: Shape, seed: number, memory: Memory, kernels: Kernels, blocks: Blocks) {
    super(network, input, seed, memory, kernels);
    this.#blocks = blocks;
    this.#kept = new Block(blocks);
    this.#passing = new Block(blocks);
    dropped?.register(this, blocks);
  }

  protected override reservePersistent(bytes: number): number {
    return this.#kept.reserve(bytes, 'model');
  }

  protected override reservePerCall(bytes: number, user: string): number {
    return this.#passing.reserve(bytes, user);
  }

  override stepArena(user: string): Arena {
    return newArena((bytes) => new Block(this.#blocks).reserve(bytes, user));
  }

  override instantiate(sources: Iterable<Source>): Promise<Kernels> {
    return kernelsOn<Kernels>(this.#blocks.backend, sources);
  }
}

/**
 * Lets models live in the memory of TensorFlow.js: `autoencoder(spec, { engine: tfjsEngine(tf) })`, and
 * `loadModel(bytes, { engine })`. They take the options and give the results of any other, in deterministic mode to
 * the bit; memory is taken from the WASM backend's allocator, and given back when the model is collected.
 *
 * `tf`: as for `installKernels`, which need not be called. Errors: as there, at once, and again when a model is built.
 */
export function tfjsEngine(tf: Tf): EngineFactory {
  checkTf(tf);
  requireSimd();
  backendOf(tf);
  return { name: 'tfjs', create: async (...given) => TfjsEngine.on(backendOf(tf), ...given) };
}
