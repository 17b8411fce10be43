import { UnsupportedError } from '../errors.ts';
import { hasSimd } from './probe.ts';

type Source = WebAssembly.Module | string;

/** Compiled modules by source, so that a second model does not compile again. Failures are not kept. */
const compiled = new Map<Source, Promise<WebAssembly.Module>>();

/** Errors: UnsupportedError where no kernel can run. */
export function requireSimd(): void {
  if (typeof WebAssembly !== 'object') throw new UnsupportedError('WebAssembly');
  if (!hasSimd()) throw new UnsupportedError('WebAssembly SIMD');
}

async function compile(source: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(Uint8Array.from(atob(source), (c) => c.charCodeAt(0)));
}

/** The kernels of one module on the given memory. */
export async function instantiate<Kernels>(source: Source, memory: WebAssembly.Memory): Promise<Kernels> {
  let module = source as WebAssembly.Module;
  if (typeof source === 'string') {
    let promise = compiled.get(source);
    if (!promise) {
      promise = compile(source);
      compiled.set(source, promise);
      promise.catch(() => compiled.delete(source));
    }
    module = await promise;
  }
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  return instance.exports as Kernels;
}
