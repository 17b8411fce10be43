import { UnsupportedError } from '../errors.ts';
import { lost, refusal } from './lost.ts';
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

async function compile(source: string): Promise<WebAssembly.Module> {
  const bytes = bytesOf(source);
  // Some bundlers give the path of the file.
  if (bytes.subarray(0, 4).join() !== '0,97,115,109') throw lost(source);
  return WebAssembly.compile(bytes).catch((error) => {
    throw refusal(error);
  });
}

/** The compiled module of a source. Errors: UnsupportedError, TypeError for what no module is. */
export async function moduleOf(source: Source): Promise<WebAssembly.Module> {
  if (Object.prototype.toString.call(source) === '[object WebAssembly.Module]') return source as WebAssembly.Module;
  if (typeof source !== 'string') throw lost(source);
  let promise = compiled.get(source);
  if (!promise) {
    promise = compile(source);
    compiled.set(source, promise);
    promise.catch(() => compiled.delete(source));
  }
  return promise;
}

/** The kernels of one module on the given memory. */
export async function instantiate<Kernels>(source: Source, memory: WebAssembly.Memory): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(await moduleOf(source), { env: { memory } });
  return instance.exports as Kernels;
}

/** The kernels of several modules on the given memory, as one object. */
export async function instantiateAll<Kernels>(sources: Iterable<Source>, memory: WebAssembly.Memory): Promise<Kernels> {
  const parts = await Promise.all([...new Set(sources)].map((source) => instantiate<object>(source, memory)));
  return Object.assign({}, ...parts) as Kernels;
}
