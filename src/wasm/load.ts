import { UnsupportedError } from '../core/errors.ts';
import { compileError, missingModule } from './module-errors.ts';
import type { Source } from './modules.ts';
import { hasSimd } from './probe.ts';
import { decodeText } from './text/decode.ts';

/** Compiled modules by source, so that a second model does not compile again. A failure is removed, so that the next call tries again. */
const compiled = new Map<Source, Promise<WebAssembly.Module>>();

/** Checks that the runtime has WebAssembly with SIMD. Errors: UnsupportedError. */
export function requireSimd(): void {
  if (typeof WebAssembly !== 'object') throw new UnsupportedError('WebAssembly', 'it is switched off, or too old');
  if (!hasSimd()) throw new UnsupportedError('WebAssembly SIMD', 'Chrome 91, Firefox 89, Safari 16.4, Node 22 have it');
}

/** Compiles a module. Errors: CompileError for bytes that are no module; UnsupportedError where compiling is forbidden. */
export async function compile(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    // `validate` works where a policy forbids `compile`: valid bytes mean that compiling is forbidden.
    throw WebAssembly.validate(bytes) ? compileError(error) : error;
  }
}

/** The compiled module of a source. Errors: UnsupportedError; TypeError for another value than a module or its text. */
export async function cachedModule(source: Source): Promise<WebAssembly.Module> {
  if (Object.prototype.toString.call(source) === '[object WebAssembly.Module]') return source as WebAssembly.Module;
  if (typeof source !== 'string') throw missingModule(source);
  let promise = compiled.get(source);
  if (!promise) {
    promise = compile(decodeText(source));
    compiled.set(source, promise);
    promise.catch(() => compiled.delete(source));
  }
  return promise;
}

/** The kernels of one module on the given memory. */
async function instantiate<Kernels>(module: Promise<object>, memory: WebAssembly.Memory): Promise<Kernels> {
  const ready = (await module) as WebAssembly.Module;
  try {
    return (await WebAssembly.instantiate(ready, { env: { memory } })).exports as Kernels;
  } catch (error) {
    // WebKit compiles under any policy, but refuses to instantiate.
    throw compileError(error);
  }
}

/** The kernels of several modules on the given memory, as one object. */
export async function instantiateAll<Kernels>(
  sources: Iterable<Source>,
  memory: WebAssembly.Memory,
  get: (source: Source) => Promise<object> = cachedModule,
): Promise<Kernels> {
  const parts = await Promise.all([...new Set(sources)].map((source) => instantiate<object>(get(source), memory)));
  return Object.assign({}, ...parts) as Kernels;
}
