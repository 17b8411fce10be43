// One model's memory and kernels. The memory, from low to high:
//
//   scratch ▸ weights ▸ persistent blocks ▸ blocks of a call, or of a training step
//
// Persistent blocks are the gradients, the optimizer's slots and the batch from the first `fit` on, or the tables of a codec.
// The blocks of a call and those of a training step start at the same address. Inference may run between two training steps,
// because no contents of either are needed afterwards.

import { inferStrict } from '#wasm';
import type { Shape } from '../core/shape.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { cachedModule, instantiateAll, requireSimd } from '../wasm/load.ts';
import { Memory, PARAMETERS } from '../wasm/memory.ts';
import { checkMemory } from '../wasm/memory-size.ts';
import type { Source } from '../wasm/modules.ts';
import { type Arena, allocate, type BlockSizes, type Blocks, newArena } from './arena.ts';
import type { Network } from './graph.ts';

/** The modules of kernels that inference on a network needs. */
export function inferenceSources(network: Network): Source[] {
  const kinds = network.nodes
    .map(({ definition }) => definition)
    .filter((kind) => !kind.trainingOnly && !kind.identity);
  return [inferStrict, ...kinds.flatMap(({ module }) => module ?? []).map(({ strict }) => strict)];
}

/** Kernels read up to so many bytes beyond a block and ignore what they read there. */
const READ_AHEAD = 128;

/** Where models live: what `autoencoder` takes as its option `engine`, such as `tfjsEngine(tf)` of isthmus/tfjs. */
export interface EngineFactory {
  /** Name of the engine. */
  readonly name: string;
  /** @internal `others`: modules of kernels that the model's layers do not need. */
  create(network: Network, input: Shape, seed: number, others: readonly Source[]): Promise<Engine>;
}

/** The origin of a model's kernels, handed on to the models that are made from it. */
export interface KernelProvider {
  readonly factory: EngineFactory;
  /** Gives a `WebAssembly.Module`, which not every project has a type for. */
  moduleOf(source: Source): Promise<object>;
}

/** Kernels, and the modules that export them. */
export interface Instances {
  readonly sources: readonly Source[];
  readonly kernels: Kernels;
}

/** A seed as the two words that kernels take. */
export const seedWords = (seed: number): [low: number, high: number] => [seed >>> 0, Math.floor(seed / 2 ** 32)];

export class Engine {
  readonly network: Network;
  readonly inputShape: Shape;
  readonly seed: number;
  readonly memory: Memory;
  /** The kernels of inference and of the model's layers. Always strict: the same weights give the same bits everywhere. */
  readonly kernels: Kernels;
  readonly provider: KernelProvider;
  /** The modules of `kernels`. Empty in engines whose memory cannot be moved. */
  readonly sources: readonly Source[];
  /** Address of the first byte after the persistent blocks. */
  activationStart: number;

  /**
   * `others`: modules of kernels that the model's layers do not need. Errors: UnsupportedError without SIMD; RangeError when the
   * weights do not fit into memory.
   */
  static async create(
    network: Network,
    input: Shape,
    seed: number,
    others: readonly Source[] = [],
    supply?: KernelProvider,
  ): Promise<Engine> {
    requireSimd();
    checkMemory(PARAMETERS + network.weightBytes, 'model');
    const memory = new Memory();
    const sources = [...inferenceSources(network), ...others];
    const kernels = await instantiateAll<Kernels>(sources, memory.wasm, supply?.moduleOf);
    memory.ensure(PARAMETERS + network.weightBytes, 'model');
    return new Engine(network, input, seed, memory, kernels, supply, sources);
  }

  protected constructor(
    network: Network,
    input: Shape,
    seed: number,
    memory: Memory,
    kernels: Kernels,
    supply: KernelProvider = { factory: Engine, moduleOf: cachedModule },
    sources: readonly Source[] = [],
  ) {
    this.network = network;
    this.inputShape = input;
    this.seed = seed;
    this.memory = memory;
    this.kernels = kernels;
    this.provider = supply;
    this.sources = sources;
    this.activationStart = memory.parameters + network.weightBytes;
  }

  /**
   * Allocates named blocks after the weights. They live until the next call of this method, which may give the same bytes to
   * other blocks; a block whose offset and size stay the same keeps its contents. Errors: RangeError when the runtime has no
   * more memory. As with every allocation, views of the memory that were taken before may be detached.
   */
  allocatePersistent<Sizes extends BlockSizes>(sizes: Sizes): Blocks<Sizes> {
    return allocate(sizes, (bytes) => this.reservePersistent(bytes));
  }

  /**
   * Allocates named blocks after the persistent ones. They live until the next allocation of any kind: not across an `await` or
   * a `yield`, and not across a call that runs the network. Errors: RangeError that names `user` when the runtime has no more
   * memory.
   */
  allocatePerCall<Sizes extends BlockSizes>(sizes: Sizes, user: string): Blocks<Sizes> {
    return allocate(sizes, (bytes) => this.reservePerCall(bytes, user));
  }

  /**
   * An arena for the plan of a training step. Its blocks keep their addresses until the next `allocatePersistent`, but their
   * contents last for one step: blocks of a call overlap them. Errors of its `alloc`: RangeError that names `user`.
   */
  stepArena(user: string): Arena {
    let next = this.activationStart;
    return newArena((bytes) => {
      const start = next;
      next += bytes;
      this.memory.ensure(next + READ_AHEAD, user);
      return start;
    });
  }

  /** Reserves the bytes of the persistent blocks, and releases the previous ones. */
  protected reservePersistent(bytes: number): number {
    const start = this.memory.parameters + this.network.weightBytes;
    this.memory.ensure(start + bytes, 'model');
    this.activationStart = start + bytes;
    return start;
  }

  /** The address of `bytes` bytes for the blocks of a call: see `allocatePerCall`. */
  reservePerCall(bytes: number, user: string): number {
    this.memory.ensure(this.activationStart + bytes + READ_AHEAD, user);
    return this.activationStart;
  }

  /** Kernels on this memory. */
  instantiate(sources: Iterable<Source>): Promise<Kernels> {
    return instantiateAll<Kernels>(sources, this.memory.wasm, this.provider.moduleOf);
  }

  /**
   * @internal Moves the model to another memory. The kernels of this engine and of `others` stay the same objects and then work on the
   * other memory. Errors: RangeError where the memory cannot grow to the size of the present one.
   */
  async moveTo(
    wasm: WebAssembly.Memory,
    moduleOf: (source: Source) => Promise<object>,
    others: readonly Instances[],
  ): Promise<void> {
    const instances = [this, ...others];
    const moved = await Promise.all(instances.map(({ sources }) => instantiateAll<Kernels>(sources, wasm, moduleOf)));
    this.memory.moveTo(wasm);
    for (const [i, { kernels }] of instances.entries()) Object.assign(kernels, moved[i]);
  }

  /** Calls `use` with blocks of at most 1024 random words, `count` in all. */
  randomWords(
    count: number,
    step: number,
    stream: number,
    use: (words: Uint32Array, from: number) => void,
    seed = this.seed,
  ): void {
    for (let from = 0; from < count; from += 1024) {
      const n = Math.min(1024, count - from);
      const { scratch, wasm } = this.memory;
      this.kernels.randomWords(scratch, from, Math.ceil(n / 16) * 16, step, stream, ...seedWords(seed));
      use(new Uint32Array(wasm.buffer, scratch, n), from);
    }
  }
}
