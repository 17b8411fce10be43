// Moves a model to a memory that threads share, and back to a memory that is not shared.

import type { Engine, Instances } from '../../engine/engine.ts';
import { cachedModule, compile } from '../../wasm/load.ts';
import type { Source } from '../../wasm/modules.ts';
import { type KernelFunction, kernelNames } from '../calls.ts';
import { sharedModuleBytes } from './shared-module.ts';
import { Team } from './team.ts';

const PAGE = 65536;
/** The largest memory, in pages. */
const MAX_PAGES = 65536;
/** A shared memory can grow to twice its size plus this number of pages: 64 MB. */
const GROWTH_PAGES = 1024;

export interface SharedModel {
  readonly team: Team;
  /** Names of the kernels, by their indices in recorded calls. */
  readonly names: readonly string[];
  /** Moves the model back. */
  release(): Promise<void>;
}

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** The module of a source for a shared memory. */
function sharedModule(source: Source): Promise<WebAssembly.Module> {
  let module = compiled.get(source as string);
  if (!module) {
    module = compile(sharedModuleBytes(source as string));
    compiled.set(source as string, module);
  }
  return module;
}

/** Whether threads can share the memory of this model. Modules that a caller has compiled cannot use a shared memory. */
function canShare(engine: Engine, sources: readonly Source[]): boolean {
  const { crossOriginIsolated = true, SharedArrayBuffer: Shared } = globalThis as {
    crossOriginIsolated?: boolean;
    SharedArrayBuffer?: unknown;
  };
  const isText = [...engine.sources, ...sources].every((source) => typeof source === 'string');
  return typeof Shared === 'function' && crossOriginIsolated && engine.sources.length > 0 && isText;
}

/**
 * Moves a model to a shared memory and starts threads that run the kernels of `instances`. Undefined where this is impossible.
 * `refused`: called when a thread cannot start or ends.
 */
export async function shareMemory(
  engine: Engine,
  instances: Instances,
  threads: number,
  refused: (reason: string) => void,
): Promise<SharedModel | undefined> {
  const { sources, kernels } = instances;
  if (!canShare(engine, sources) || engine.provider.moduleOf !== cachedModule) return undefined;
  const pages = engine.memory.wasm.buffer.byteLength / PAGE;
  let memory: WebAssembly.Memory;
  try {
    const maximum = Math.min(MAX_PAGES, 2 * pages + GROWTH_PAGES);
    memory = new WebAssembly.Memory({ initial: pages, maximum, shared: true });
    await engine.moveTo(memory, sharedModule, [instances]);
  } catch {
    return undefined;
  }
  const names = kernelNames(kernels);
  const functions = names.map((name) => kernels[name as keyof typeof kernels] as unknown as KernelFunction);
  const modules = sources.map((source) => sharedModuleBytes(source as string));
  const team = new Team(threads, { memory, modules, names, functions }, refused);
  const release = async (): Promise<void> => {
    const initial = engine.memory.wasm.buffer.byteLength / PAGE;
    try {
      await engine.moveTo(new WebAssembly.Memory({ initial }), cachedModule, [instances]);
    } catch {
      // The runtime has no memory for a second copy. The model stays in the shared memory and works there.
    }
  };
  return { team, names, release };
}
