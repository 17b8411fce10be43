import { UnsupportedError } from '../errors.ts';
import type { Source } from './modules.ts';
import { hasSimd } from './probe.ts';
import { bytesOf } from './text.ts';

/** Compiled modules by source, so that a second model does not compile again. Failures are not kept. */
const compiled = new Map<Source, Promise<WebAssembly.Module>>();

/** Errors: UnsupportedError where no kernel can run. */
export function requireSimd(): void {
  if (typeof WebAssembly !== 'object') throw new UnsupportedError('WebAssembly');
  if (!hasSimd()) throw new UnsupportedError('WebAssembly SIMD');
}

/** Errors: UnsupportedError where compiling is forbidden; a module of ours is sound, so nothing else is wrong with it. */
export async function compile(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    // A policy shows as a CompileError or an EvalError, by browser; bytes that are none have no "Content Security Policy".
    if (!/policy|csp|unsafe-eval|disallowed/i.test(String(error))) throw error;
    throw error;
  }
}

/** The compiled module of a source. */
export async function moduleOf(source: Source): Promise<WebAssembly.Module> {
  if (typeof source !== 'string') return source as WebAssembly.Module;
  let promise = compiled.get(source);
  if (!promise) {
    promise = compile(bytesOf(source));
    compiled.set(source, promise);
    promise.catch(() => compiled.delete(source));
  }
  return promise;
}

/** The kernels of one module on the given memory. */
async function instantiate<Kernels>(module: Promise<WebAssembly.Module>, memory: WebAssembly.Memory): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(await module, { env: { memory } });
  return instance.exports as Kernels;
}

/** The kernels of several modules on the given memory, as one object. */
export async function instantiateAll<Kernels>(
  sources: Iterable<Source>,
  memory: WebAssembly.Memory,
  get = moduleOf,
): Promise<Kernels> {
  const parts = await Promise.all([...new Set(sources)].map((source) => instantiate<object>(get(source), memory)));
  return Object.assign({}, ...parts) as Kernels;
}
