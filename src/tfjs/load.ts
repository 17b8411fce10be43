import type { KernelBackend } from '@tensorflow/tfjs-core';
import { wrongType, wrongValue } from '../core/errors.ts';
import { plainObject as plain } from '../core/validate.ts';
import { buildBackend, checkTf, isRunning, type Tf, type WasmFactory } from './internal.ts';

export interface WasmBackendOptions {
  /** `tfjs-backend-wasm-simd.wasm`, or `tfjs-backend-wasm.wasm`, as imported. */
  readonly module: WebAssembly.Module;
}

/** Priority of tfjs's own WASM backend. */
const PRIORITY = 2;

/**
 * Starts the TensorFlow.js WASM backend from a module that the caller has imported, and sets it: for Cloudflare
 * Workers, which forbid compiling bytes and have no files, and for pages that bundle their own. `installKernels`
 * comes next. Needs `@tensorflow/tfjs-backend-wasm`, which it imports itself.
 *
 * Errors: TypeError where `module` is no module; RangeError for the threaded build, another version of tfjs, or where
 * the backend runs already; Error with the cause where it does not start. Then tfjs is as it was.
 */
export async function loadWasmBackend(tf: Tf, options: WasmBackendOptions): Promise<void> {
  checkTf(tf);
  const { module } = plain<WasmBackendOptions>('options', options, ['module']);
  if (!(module instanceof WebAssembly.Module)) throw wrongType('module', 'a WebAssembly.Module', module);
  // The threaded build is given its memory, and starts Workers of its own.
  if (WebAssembly.Module.imports(module).some(({ kind }) => kind === 'memory'))
    throw wrongValue('module', 'a build of the backend for one thread', 'the threaded one');
  if (isRunning(tf)) throw wrongValue('tf', 'no WASM backend that runs already', 'one that does');
  const [{ BackendWasm }, { default: factory }] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm'),
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js'),
  ]);
  const set = tf.getBackend() || undefined;
  const before = tf.findBackendFactory('wasm');
  const put = (build: () => KernelBackend | Promise<KernelBackend>): void => {
    if (tf.findBackendFactory('wasm')) tf.removeBackend('wasm');
    tf.registerBackend('wasm', build, PRIORITY);
  };
  let cause: unknown;
  put(async () => {
    try {
      return (await buildBackend(factory as unknown as WasmFactory, BackendWasm, module)) as KernelBackend;
    } catch (error) {
      cause = error;
      throw error;
    }
  });
  if (await tf.setBackend('wasm')) return;
  if (before) put(before);
  else tf.removeBackend('wasm');
  if (set && set !== 'wasm') await tf.setBackend(set);
  throw new Error('the WASM backend of TensorFlow.js does not start from this module', { cause });
}
