// Kernels from the caller: compiles each module once, and makes an engine that uses them.

import { FormatError, wrongType, wrongValue } from '../core/errors.ts';
import type { ResponseLike, UrlLike } from '../core/types.ts';
import { plainObject } from '../core/validate.ts';
import { Engine, type EngineFactory, type KernelProvider } from '../engine/engine.ts';
import { fetchUrl } from '../files/read-source.ts';
import type { ModuleKernels } from '../wasm/kernels.ts';
import { compile, requireSimd } from '../wasm/load.ts';

/** A compiled module, its bytes, or a URL or `Response` to read them from; or a promise of any of these. */
export type KernelSource = object | ArrayBufferView | ArrayBuffer | ResponseLike | UrlLike | PromiseLike<KernelSource>;

/** The modules of the files `isthmus/wasm/NAME.strict.wasm`. Modules that no model needs may be left out. */
export interface KernelSources {
  /** Needed by every model. */
  readonly infer: KernelSource;
  /** Needed by `fit`. */
  readonly train?: KernelSource;
  /** Needed by convolutions, pooling and upsampling. */
  readonly convolution?: KernelSource;
  /** Needed by the bottlenecks in `latent`. */
  readonly latent?: KernelSource;
  /** Needed by noise on the input, augmentation and `contractive`. */
  readonly corrupt?: KernelSource;
  /** Needed by `gru`. */
  readonly recurrent?: KernelSource;
  /** Needed by quantized layers. */
  readonly integer?: KernelSource;
  /** Needed by `createCodec` and `loadCodec`. */
  readonly codec?: KernelSource;
  /** Needed by codecs with an error bound and by lossless codecs. */
  readonly residual?: KernelSource;
  /** Modules of the files `NAME.relaxed.wasm`: with them `fit` is faster in runtimes with relaxed SIMD. Default: the strict ones. */
  readonly relaxed?: {
    /** `infer.relaxed.wasm`. */
    readonly infer?: KernelSource;
    /** `train.relaxed.wasm`. */
    readonly train?: KernelSource;
    /** `convolution.relaxed.wasm`. */
    readonly convolution?: KernelSource;
  };
}

/** The modules by name, each with a function that only this module exports. */
const moduleNames = {
  infer: 'gemm',
  train: 'gemmTN',
  convolution: 'convolve',
  latent: 'gaussianKl',
  corrupt: 'addNormal',
  recurrent: 'gruGates',
  integer: 'multiplyIntegers',
  codec: 'crc32c',
  residual: 'initResidualCoder',
} as const satisfies { readonly [Name in Exclude<keyof ModuleKernels, 'tfjs'>]: keyof ModuleKernels[Name] };
type Name = keyof typeof moduleNames;

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** The path of a module in `KernelSources`, for errors. */
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

async function moduleFrom(name: string, input: unknown): Promise<WebAssembly.Module> {
  const source = await input;
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

/** The module of a name such as `infer.strict`. Errors: those of `load`, also for another module than the name says. */
async function checkedModule(name: string, input: unknown): Promise<WebAssembly.Module> {
  const module = await moduleFrom(name, input);
  const uniqueExport = moduleNames[name.split('.')[0] as Name];
  if (WebAssembly.Module.exports(module).some((entry) => entry.name === uniqueExport)) return module;
  throw wrongValue(optionPath(name), `isthmus/wasm/${name}.wasm, which exports ${uniqueExport}`, 'another module');
}

/** A function that returns the source of a module by its name. */
function sourcesByName(sources: KernelSources): (name: string) => unknown {
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
 * An engine with kernels from the caller: `autoencoder(spec, { engine: await load(kernels) })`; `loadModel`, `loadCheckpoint`,
 * `loadCodec` and `loadDetector` take it too. `kernels` is an object of modules; or the URL of a folder with the files of
 * `isthmus/wasm/`; or a function that takes the name of a file, such as `infer.strict.wasm`, and returns a module or its source.
 * Modules of an object are compiled at once. Files are loaded when a model first needs them; only `infer.strict.wasm` is loaded at
 * once. Engines of several calls share nothing.
 *
 * Errors: TypeError for a value that is no module, and for a missing module, from `load` or from the call that needs the module;
 * RangeError for another module than the name says; FormatError for a response that is not ok and for bytes that are no module;
 * errors of `fetch`; UnsupportedError without WebAssembly SIMD or without the permission to compile.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { autoencoder, dense, load } from 'isthmus/slim';
 *
 * const infer = await readFile(new URL(import.meta.resolve('isthmus/wasm/infer.strict.wasm')));
 * const engine = await load({ infer }); // also modules, responses and URLs
 * const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
 * const model = await autoencoder(spec, { engine, seed: 1 });
 * console.log(model.encode(Float32Array.of(1, 2, 3, 4)).length);
 * // prints 2
 * ```
 */
export async function load(
  kernels: KernelSources | UrlLike | ((file: string) => KernelSource),
): Promise<EngineFactory> {
  requireSimd();
  const folder = tagOf(kernels) === 'URL' ? (kernels as UrlLike).href.replace(/\/?$/, '/') : undefined;
  const fileSource = typeof kernels === 'function' ? kernels : (file: string) => new URL(file, folder);
  const objectSource = folder || typeof kernels === 'function' ? undefined : sourcesByName(kernels as KernelSources);
  const sourceOf = objectSource ?? ((name) => fileSource(`${name}.wasm`));
  const modules = new Map<string, Promise<object>>();
  const supply: KernelProvider = {
    factory: { name: 'slim', create: (...args) => Engine.create(...args, supply) },
    moduleOf(key) {
      const name = key as string;
      let module = modules.get(name);
      if (!module) {
        const input = sourceOf(name);
        const strict = name.replace('relaxed', 'strict');
        // A missing relaxed module is replaced by the strict one, as in a runtime without relaxed SIMD.
        module = input === undefined && name !== strict ? supply.moduleOf(strict) : checkedModule(name, input);
        modules.set(name, module);
        module.catch(() => modules.delete(name));
      }
      return module;
    },
  };
  const all = Object.keys(moduleNames).flatMap((key) => [`${key}.strict`, `${key}.relaxed`]);
  await Promise.all(
    all.filter((name) => name === 'infer.strict' || objectSource?.(name) !== undefined).map(supply.moduleOf),
  );
  return supply.factory;
}
