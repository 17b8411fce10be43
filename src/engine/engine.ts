// One model's memory and kernels. The memory, from low to high:
//
//   scratch ▸ weights ▸ [gradients ▸ optimizer slots ▸ batch] ▸ activations
//
// What is in brackets exists from the first `fit` on. Activations lie last because they alone change
// size; nothing in them outlives a call, so inference may use them between two training steps.

import { inferStrict } from '#wasm';
import type { TrainingRecord } from '../model/training-record.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { cachedModule, instantiateAll, requireSimd } from '../wasm/load.ts';
import { Memory, PARAMETERS } from '../wasm/memory.ts';
import type { Source } from '../wasm/modules.ts';
import type { KernelProvider } from './factory.ts';
import { align, checkMemory, type Network } from './graph.ts';
import type { Shape } from './layer-definition.ts';

/** The modules of kernels that inference on a network needs. */
export function inferenceSources(network: Network): Source[] {
  const kinds = network.nodes
    .map(({ definition }) => definition)
    .filter((kind) => !kind.trainingOnly && !kind.identity);
  return [inferStrict, ...kinds.flatMap(({ module }) => module ?? []).map(({ strict }) => strict)];
}

/** Addresses of blocks from `start` on, and where the last one ends. */
function layOut(start: number, sizes: readonly number[]): [addresses: number[], end: number] {
  let end = start;
  const addresses = sizes.map((size) => {
    end += align(size);
    return end - align(size);
  });
  return [addresses, end];
}

/** A seed as the two words that kernels take. */
export const seedWords = (seed: number): [low: number, high: number] => [seed >>> 0, Math.floor(seed / 2 ** 32)];

export class Engine {
  readonly network: Network;
  readonly inputShape: Shape;
  readonly seed: number;
  readonly memory: Memory;
  /** Those of inference and of the model's layers. Always strict: the same weights give the same bits everywhere. */
  readonly kernels: Kernels;
  readonly provider: KernelProvider;
  /** First byte behind all that stays. */
  activationStart: number;
  /** What training left for a checkpoint and for `evaluate`; whether one is running; and whether the last one was interrupted. */
  trainingRecord: TrainingRecord | undefined;
  isTraining = false;
  wasInterrupted = false;

  /** `others`: modules that something else than the model needs. Errors: UnsupportedError without SIMD; RangeError when memory does not suffice. */
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
    const kernels = await instantiateAll<Kernels>(
      [...inferenceSources(network), ...others],
      memory.wasm,
      supply?.moduleOf,
    );
    memory.ensure(PARAMETERS + network.weightBytes, 'model');
    return new Engine(network, input, seed, memory, kernels, supply);
  }

  protected constructor(
    network: Network,
    input: Shape,
    seed: number,
    memory: Memory,
    kernels: Kernels,
    supply: KernelProvider = { factory: Engine, moduleOf: cachedModule },
  ) {
    this.network = network;
    this.inputShape = input;
    this.seed = seed;
    this.memory = memory;
    this.kernels = kernels;
    this.provider = supply;
    this.activationStart = memory.parameters + network.weightBytes;
  }

  /**
   * Addresses of blocks of the given bytes behind the weights, which stay until the next call. Blocks that
   * keep their place and size keep their content.
   */
  allocatePersistent(sizes: readonly number[]): number[] {
    const [addresses, end] = layOut(this.memory.parameters + this.network.weightBytes, sizes);
    this.memory.ensure(end, 'model');
    this.activationStart = end;
    return addresses;
  }

  /** Addresses of blocks that last for one call. */
  allocatePerCall(sizes: readonly number[], what: string): number[] {
    return this.allocatorAt(this.activationStart, what)(sizes);
  }

  /** Gives blocks behind `end`, one after the other, that last as long as what ends there. */
  allocatorAt(end: number, what: string): (sizes: readonly number[]) => number[] {
    let free = end;
    return (sizes) => {
      const [addresses, behind] = layOut(free, sizes);
      // Kernels read up to 128 bytes beyond a block and leave out what they read there.
      this.memory.ensure(behind + 128, what);
      free = behind;
      return addresses;
    };
  }

  /** Kernels on this memory. */
  instantiate(sources: Iterable<Source>): Promise<Kernels> {
    return instantiateAll<Kernels>(sources, this.memory.wasm, this.provider.moduleOf);
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
