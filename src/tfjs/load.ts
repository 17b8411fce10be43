import type { KernelBackend } from '@tensorflow/tfjs-core';
import { wrongType, wrongValue } from '../core/errors.ts';
import { plainObject } from '../core/validate.ts';
import { checkTf, registeredBackend, type Tf } from './internal/namespace.ts';
import { startBackend, type WasmFactory } from './internal/start-backend.ts';

/** Options of `loadWasmBackend`. */
export interface WasmBackendOptions {
  /** The imported module of `tfjs-backend-wasm-simd.wasm` or `tfjs-backend-wasm.wasm`. */
  readonly module: WebAssembly.Module;
}

/** The priority with which tfjs registers its WASM backend. */
const PRIORITY = 2;

/**
 * Starts the WASM backend of TensorFlow.js from a module that the caller has imported, and sets it. For Cloudflare Workers, which
 * have no files and forbid compiling bytes, and for pages that bundle the module. Call `installKernels` afterwards. Imports
 * `@tensorflow/tfjs-backend-wasm`, which must be installed.
 *
 * Errors: TypeError where `module` is no module; RangeError for the threaded build, for another version of tfjs, and where the
 * backend is already running; Error with the cause where the backend does not start. After an error tfjs is unchanged.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import * as tf from '@tensorflow/tfjs-core';
 * import { loadWasmBackend } from 'isthmus/tfjs';
 *
 * // In a Cloudflare Worker: import module from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
 * const file = import.meta.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm');
 * const module = new WebAssembly.Module(await readFile(new URL(file)));
 * await loadWasmBackend(tf, { module });
 * console.log(tf.getBackend());
 * // prints wasm
 * ```
 */
export async function loadWasmBackend(tf: Tf, options: WasmBackendOptions): Promise<void> {
  checkTf(tf);
  const { module } = plainObject<WasmBackendOptions>('options', options, ['module']);
  if (!(module instanceof WebAssembly.Module)) throw wrongType('module', 'a WebAssembly.Module', module);
  // Only the threaded build imports its memory. It starts Workers.
  if (WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory'))
    throw wrongValue('module', 'a build of the backend for one thread', 'the threaded one');
  if (registeredBackend(tf)) throw wrongValue('tf', 'no WASM backend that runs already', 'one that does');
  const [{ BackendWasm }, { default: factory }] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm'),
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js'),
  ]);
  const previous = tf.getBackend() || undefined;
  const previousFactory = tf.findBackendFactory('wasm');
  const register = (create: () => KernelBackend | Promise<KernelBackend>): void => {
    if (tf.findBackendFactory('wasm')) tf.removeBackend('wasm');
    tf.registerBackend('wasm', create, PRIORITY);
  };
  let cause: unknown;
  register(async () => {
    try {
      return (await startBackend(factory as unknown as WasmFactory, BackendWasm, module)) as KernelBackend;
    } catch (error) {
      cause = error;
      throw error;
    }
  });
  if (await tf.setBackend('wasm')) return;
  if (previousFactory) register(previousFactory);
  else tf.removeBackend('wasm');
  if (previous && previous !== 'wasm') await tf.setBackend(previous);
  throw new Error('the WASM backend of TensorFlow.js does not start from this module', { cause });
}
