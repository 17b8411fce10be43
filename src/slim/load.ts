// Kernels from the caller: any form of a module, compiled once, and an engine that takes its kernels from them.

import { FormatError, wrongType, wrongValue } from '../core/errors.ts';
import type { ResponseLike, UrlLike } from '../core/types.ts';
import { plainObject } from '../core/validate.ts';
import { Engine, type EngineFactory, type KernelProvider } from '../engine/engine.ts';
import { fetchUrl } from '../files/read-source.ts';
import type { ModuleKernels } from '../wasm/kernels.ts';
import { compile, requireSimd } from '../wasm/load.ts';

/** A compiled module, its bytes, or where they come from; or a promise of one. */
export type KernelSource = object | ArrayBufferView | ArrayBuffer | ResponseLike | UrlLike | PromiseLike<KernelSource>;

/** A module each, of the files `isthmus/wasm/NAME.strict.wasm`. What a model does not need may be left out. */
export interface KernelSources {
  /** Every model needs it. */
  readonly infer: KernelSource;
  /** `fit`. */
  readonly train?: KernelSource;
  /** Convolutions, pooling, upsampling. */
  readonly convolution?: KernelSource;
  /** What stands in `latent`, and `contractive`. */
  readonly latent?: KernelSource;
  /** Noise on the input, augmentation, `contractive`. */
  readonly corrupt?: KernelSource;
  /** `gru`. */
  readonly recurrent?: KernelSource;
  /** `createCodec`, `loadCodec`. */
  readonly codec?: KernelSource;
  /** The same, for all that is bounded or lossless. */
  readonly residual?: KernelSource;
  /** Files `NAME.relaxed.wasm`, which `fit` is faster with where there is relaxed SIMD. What is missing is strict. */
  readonly relaxed?: {
    readonly infer?: KernelSource;
    readonly train?: KernelSource;
    readonly convolution?: KernelSource;
  };
}

/** By name, one function that the module exports and no other does. */
const moduleNames = {
  infer: 'gemm',
  train: 'gemmTN',
  convolution: 'convolve',
  latent: 'gaussianKl',
  corrupt: 'addNormal',
  recurrent: 'gruGates',
  codec: 'crc32c',
  residual: 'initResidualCoder',
} as const satisfies { readonly [Name in Exclude<keyof ModuleKernels, 'tfjs'>]: keyof ModuleKernels[Name] };
type Name = keyof typeof moduleNames;

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** Where a module stands in `KernelSources`. */
const optionPath = (name: string): string => {
  const [key, flavour] = name.split('.');
  return flavour === 'relaxed' ? `kernels.relaxed.${key}` : `kernels.${key}`;
};

async function compiled(name: string, bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await compile(bytes);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw new FormatError('corrupt', `"${optionPath(name)}" expected isthmus/wasm/${name}.wasm, got ${error.message}`);
  }
}

async function moduleFrom(name: string, given: unknown): Promise<WebAssembly.Module> {
  const source = await given;
  const tag = tagOf(source);
  if (tag === 'WebAssembly.Module') return source as WebAssembly.Module;
  if (ArrayBuffer.isView(source) || tag === 'ArrayBuffer') return compiled(name, source as BufferSource);
  if (tag !== 'URL' && tag !== 'Response')
    throw wrongType(optionPath(name), `isthmus/wasm/${name}.wasm as a module, bytes, a Response or a URL`, source);
  const response = tag === 'URL' ? await fetchUrl(source as UrlLike) : (source as ResponseLike);
  const status = `"${optionPath(name)}" expected a response that is ok, got status ${response.status}`;
  if (!response.ok) throw new FormatError('truncated', status);
  return compiled(name, await response.arrayBuffer());
}

/** The module of a name such as `infer.strict`, checked to be that one. Errors: as `load`. */
async function checked(name: string, given: unknown): Promise<WebAssembly.Module> {
  const module = await moduleFrom(name, given);
  const mark = moduleNames[name.split('.')[0] as Name];
  if (WebAssembly.Module.exports(module).some((entry) => entry.name === mark)) return module;
  throw wrongValue(optionPath(name), `isthmus/wasm/${name}.wasm, which exports ${mark}`, 'another module');
}

/** What is known by name, from an object of sources. */
function named(sources: KernelSources): (name: string) => unknown {
  const { relaxed = {}, ...strict } = plainObject<KernelSources>('kernels', sources, [
    ...Object.keys(moduleNames),
    'relaxed',
  ]);
  plainObject('kernels.relaxed', relaxed, ['infer', 'train', 'convolution']);
  return (name) => {
    const [key, flavour] = name.split('.') as [Name, string];
    return (flavour === 'strict' ? strict : (relaxed as typeof strict))[key];
  };
}

/**
 * Kernels of your own for models: `autoencoder(spec, { engine: await load(kernels) })`, and the same for `loadModel`,
 * `loadCheckpoint`, `loadCodec` and `loadDetector`. `kernels` is an object with a module each; or a URL of the folder
 * that holds the files of `isthmus/wasm/`; or a function that is asked for a file by name, `infer.strict.wasm`, and
 * returns the same as there is in the object. What is in an object is compiled at once; files are asked for when a model
 * first needs them, but for the one that all need. Calling it twice makes two that know nothing of each other.
 *
 * Errors: TypeError for what is no module and where a module is missing, by its name, from `load` or from the call that
 * needs it; RangeError for another module than the name says; FormatError for a response that is not ok and bytes that
 * are no module; what `fetch` throws; UnsupportedError without WebAssembly SIMD or the permission to compile.
 */
export async function load(
  kernels: KernelSources | UrlLike | ((file: string) => KernelSource),
): Promise<EngineFactory> {
  requireSimd();
  const folder = tagOf(kernels) === 'URL' ? (kernels as UrlLike).href.replace(/\/?$/, '/') : undefined;
  const ask = typeof kernels === 'function' ? kernels : undefined;
  const given = folder || ask ? undefined : named(kernels as KernelSources);
  const source = given ?? ((name) => (ask ? ask(`${name}.wasm`) : new URL(`${name}.wasm`, folder)));
  const modules = new Map<string, Promise<object>>();
  const supply: KernelProvider = {
    factory: { name: 'slim', create: (...args) => Engine.create(...args, supply) },
    moduleOf(key) {
      const name = key as string;
      let module = modules.get(name);
      if (!module) {
        const found = source(name);
        const strict = name.replace('relaxed', 'strict');
        // Training without the relaxed flavour is training in a runtime without relaxed SIMD.
        module = found === undefined && name !== strict ? supply.moduleOf(strict) : checked(name, found);
        modules.set(name, module);
        module.catch(() => modules.delete(name));
      }
      return module;
    },
  };
  const all = Object.keys(moduleNames).flatMap((key) => [`${key}.strict`, `${key}.relaxed`]);
  await Promise.all(all.filter((name) => name === 'infer.strict' || given?.(name) !== undefined).map(supply.moduleOf));
  return supply.factory;
}
