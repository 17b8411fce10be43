// Models in the memory of TensorFlow.js. The WASM backend allocates their weights and activations; the kernels are the same as those
// of a model with its own memory, so results are equal to the bit.

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
import { allocate, backendOf, free, memoryOf, type WasmBackend } from './internal/backend.ts';
import { checkTf, type Tf } from './internal/namespace.ts';

/** Bytes after a block that kernels may read and ignore. */
const SLACK = 128;
/** Kernels are fastest at multiples of 16. The allocator of tfjs returns multiples of 8. */
const ALIGNMENT = 16;

/** The blocks of a backend's memory that belong to one model. */
class ModelBlocks {
  readonly backend: WasmBackend;
  readonly addresses: number[] = [];

  constructor(backend: WasmBackend) {
    this.backend = backend;
  }

  /** The address of a new block. `user`: the option that an error names. */
  allocate(bytes: number, user: string): number {
    const address = allocate(this.backend, bytes + ALIGNMENT + SLACK, user);
    this.addresses.push(address);
    return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
  }
}

/**
 * A block that is replaced by a larger one, with the same contents, when it is too small. Old blocks are not freed before the model
 * is: a training may still use their addresses.
 */
class GrowingBlock {
  readonly #blocks: ModelBlocks;
  #address = 0;
  #bytes = 0;

  constructor(blocks: ModelBlocks) {
    this.#blocks = blocks;
  }

  /** The address of at least `bytes` bytes. The contents of the block stay. `user`: the option that an error names. */
  reserve(bytes: number, user: string): number {
    checkMemory(bytes, user);
    if (bytes > this.#bytes) {
      const oldAddress = this.#address;
      const oldBytes = this.#bytes;
      // The size at least doubles, so all old blocks together are smaller than the last one.
      this.#bytes = Math.max(bytes, 2 * oldBytes);
      this.#address = this.#blocks.allocate(this.#bytes, user);
      const memory = new Uint8Array(memoryOf(this.#blocks.backend).buffer);
      memory.copyWithin(this.#address, oldAddress, oldAddress + oldBytes);
      // Zeros, as in a memory that has grown.
      memory.fill(0, this.#address + oldBytes, this.#address + this.#bytes);
    }
    return this.#address;
  }
}

/** Frees the blocks of models that were garbage collected. */
const collected =
  typeof FinalizationRegistry === 'function'
    ? /* @__PURE__ */ new FinalizationRegistry<ModelBlocks>((blocks) => release(blocks))
    : undefined;

function release({ backend, addresses }: ModelBlocks): void {
  for (const address of addresses.splice(0)) free(backend, address);
}

class TfjsEngine extends Engine {
  readonly #blocks: ModelBlocks;
  readonly #persistent: GrowingBlock;
  // Not a #private field: the recording of a pass is an object with this engine as its prototype.
  private readonly perCall: GrowingBlock;

  static async on(
    backend: WasmBackend,
    network: Network,
    input: Shape,
    seed: number,
    others: readonly Source[],
  ): Promise<Engine> {
    const blocks = new ModelBlocks(backend);
    checkMemory(SCRATCH_BYTES + network.weightBytes, 'model');
    const kernels = await kernelsOn<Kernels>(backend, [...inferenceSources(network), ...others]);
    const memory = new Memory(memoryOf(backend), blocks.allocate(SCRATCH_BYTES + network.weightBytes, 'model'));
    // The allocator does not clear memory.
    memory.bytes.fill(0, memory.scratch, memory.parameters + network.weightBytes);
    return new TfjsEngine(network, input, seed, memory, kernels, blocks);
  }

  constructor(network: Network, input: Shape, seed: number, memory: Memory, kernels: Kernels, blocks: ModelBlocks) {
    super(network, input, seed, memory, kernels);
    this.#blocks = blocks;
    this.#persistent = new GrowingBlock(blocks);
    this.perCall = new GrowingBlock(blocks);
    collected?.register(this, blocks);
  }

  protected override reservePersistent(bytes: number): number {
    return this.#persistent.reserve(bytes, 'model');
  }

  override reservePerCall(bytes: number, user: string): number {
    return this.perCall.reserve(bytes, user);
  }

  override stepArena(user: string): Arena {
    return newArena((bytes) => new GrowingBlock(this.#blocks).reserve(bytes, user));
  }

  override instantiate(sources: Iterable<Source>): Promise<Kernels> {
    return kernelsOn<Kernels>(this.#blocks.backend, sources);
  }
}

/**
 * An engine for models in the memory of TensorFlow.js: `autoencoder(spec, { engine: tfjsEngine(tf) })` and
 * `loadModel(bytes, { engine })`. Such models support all options and give the results of other models, in deterministic mode to
 * the bit. Their memory comes from the allocator of the WASM backend, and is freed when the model is garbage collected.
 *
 * `tf`: as for `installKernels`, which need not have been called. Errors: those of `installKernels`, from this function and when a
 * model is built.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-wasm';
 * import * as tf from '@tensorflow/tfjs-core';
 * import { autoencoder, denseAutoencoder } from 'isthmus';
 * import { tfjsEngine } from 'isthmus/tfjs';
 *
 * await tf.setBackend('wasm');
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 4 }), { engine: tfjsEngine(tf), seed: 1 });
 * console.log(model.encode(new Float32Array(16)).length);
 * // prints 4
 * ```
 */
export function tfjsEngine(tf: Tf): EngineFactory {
  checkTf(tf);
  requireSimd();
  backendOf(tf);
  return { name: 'tfjs', create: async (...args) => TfjsEngine.on(backendOf(tf), ...args) };
}
