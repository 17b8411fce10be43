import type { GradConfig, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { wrongValue } from '../core/errors.ts';
import { boolean, plainObject } from '../core/validate.ts';
import { requireSimd } from '../wasm/load.ts';
import { hasRelaxedSimd } from '../wasm/probe.ts';
import { dilatedGradient } from './gradient.ts';
import { type KernelHost, KernelSet } from './host.ts';
import { backendOf, currentBackend, type WasmBackend } from './internal/backend.ts';
import { checkTf, sharedEngine, type Tf } from './internal/namespace.ts';
import { tfjsKernels } from './kernels/index.ts';
import { isRefusal, runChecked, type TfjsKernel } from './kernels/kernel.ts';

/** Options of `installKernels`. */
export interface InstallOptions {
  /** Use strict SIMD only, for the same bits on every runtime. Default false: multiply and add are fused where the runtime can. */
  readonly deterministic?: boolean;
}

/** The result of `installKernels`. */
export interface InstalledKernels {
  /** Version of TensorFlow.js. */
  readonly version: string;
  /** Kernels that the backend did not have, by their names in tfjs. */
  readonly added: readonly string[];
  /** Kernels that the backend had. They still run for inputs that the new ones refuse, such as other types. */
  readonly replaced: readonly string[];
  /** Whether multiply and add are fused. */
  readonly relaxed: boolean;
  /** Whether the backend is the threaded build, with shared memory. The new kernels run on the calling thread only. */
  readonly threaded: boolean;
  /** Restores the previous kernels. A second call does nothing. */
  uninstall(): void;
}

/** The kernels that are installed in one engine of tfjs. */
interface Installation {
  readonly result: InstalledKernels;
  readonly set: KernelSet;
}

/** Installations by the engine of tfjs, which all copies of tfjs in a program share. */
const installations = new WeakMap<object, Installation>();
/** The last namespace that `installKernels` was called with. */
let lastTf: Tf | undefined;

/**
 * The kernels that are installed in `tf`, by default in the namespace of the last installation. `name`: the function that needs
 * them, for the error. Errors: RangeError where nothing is installed, or the WASM backend is not set.
 */
export function installedIn(name: string, tf: Tf | undefined = lastTf): { tf: Tf; host: KernelHost } {
  const installation = tf && installations.get(sharedEngine(tf));
  if (!tf || !installation) throw wrongValue(name, 'kernels installed by await installKernels(tf)', 'none');
  return { tf, host: installation.set.on(currentBackend(tf)) };
}

/** A kernel as tfjs registers it. Calls that it refuses go to the kernel that was registered before. */
function configOf(tf: Tf, set: KernelSet, kernel: TfjsKernel, previous: KernelConfig | undefined): KernelConfig {
  return {
    ...previous,
    kernelName: kernel.name,
    backendName: 'wasm',
    kernelFunc(args) {
      const allocated: TensorInfo[] = [];
      const host = set.on(args.backend as WasmBackend);
      const inputs = args.inputs as Record<string, TensorInfo>;
      try {
        return runChecked(kernel, { tf, host, allocated, attrs: args.attrs ?? {}, inputs });
      } catch (error) {
        for (const { dataId } of allocated) host.backend.disposeData(dataId);
        if (!previous || !isRefusal(error)) throw error;
      }
      return previous.kernelFunc(args);
    },
  };
}

function install(tf: Tf, set: KernelSet): InstalledKernels {
  const replace = (name: string, config: KernelConfig | undefined): void => {
    // tfjs warns when a kernel is registered twice.
    if (tf.getKernel(name, 'wasm')) tf.unregisterKernel(name, 'wasm');
    if (config) tf.registerKernel(config);
  };
  const registrations = tfjsKernels().map((kernel) => {
    const { name } = kernel;
    const previous = tf.getKernel(name, 'wasm') as KernelConfig | undefined;
    const config = configOf(tf, set, kernel, previous);
    replace(name, config);
    return { name, previous, config };
  });
  const tfGradient = tf.getGradient('Conv2D') as GradConfig | undefined;
  const gradient = tfGradient && dilatedGradient(tf, tfGradient);
  if (gradient) tf.registerGradient(gradient);
  const result: InstalledKernels = {
    version: tf.version_core,
    added: registrations.filter(({ previous }) => !previous).map(({ name }) => name),
    replaced: registrations.filter(({ previous }) => previous).map(({ name }) => name),
    relaxed: set.relaxed,
    threaded: set.shared,
    uninstall() {
      // Kernels that were registered later, over these, stay.
      for (const { name, previous, config } of registrations)
        if (tf.getKernel(name, 'wasm') === config) replace(name, previous);
      if (gradient && tf.getGradient('Conv2D') === gradient) tf.registerGradient(tfGradient);
      if (installations.get(sharedEngine(tf))?.result === result) installations.delete(sharedEngine(tf));
    },
  };
  return result;
}

/**
 * Registers kernels in the WASM backend of TensorFlow.js, after which any model with convolutions trains on
 * `tf.setBackend('wasm')`: kernels that the backend lacks (gradients of convolutions and of gathering), correct ones for wrong ones
 * (gradients of max pooling), and faster ones (matrix products, convolutions). They work on the memory of the backend and copy no
 * tensor. A second call with the same options changes nothing and returns the same result.
 *
 * `tf`: the namespace of `@tensorflow/tfjs` or of `@tensorflow/tfjs-core`, >=4.22 <5, with the WASM backend set.
 * Errors: TypeError for a value that is not TensorFlow.js; RangeError for another version, for no backend or another one, and for a
 * backend whose internal parts are not as expected; UnsupportedError without WebAssembly SIMD. After an error tfjs is unchanged.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-wasm';
 * import * as tf from '@tensorflow/tfjs-core';
 * import { installKernels } from 'isthmus/tfjs';
 *
 * await tf.setBackend('wasm');
 * const { added } = await installKernels(tf);
 * console.log(added.includes('Conv2DBackpropFilter')); // so convolutions train
 * // prints true
 * ```
 */
export async function installKernels(tf: Tf, options: InstallOptions = {}): Promise<InstalledKernels> {
  plainObject('options', options, ['deterministic']);
  const { deterministic = false } = options;
  boolean('deterministic', deterministic);
  checkTf(tf);
  requireSimd();
  const backend = backendOf(tf);
  const set = await KernelSet.create(backend, !deterministic && hasRelaxedSimd());
  // Instantiates the kernels: errors are thrown before anything changes.
  set.on(backend);
  lastTf = tf;
  const existing = installations.get(sharedEngine(tf));
  if (existing?.set.relaxed === set.relaxed && existing.set.shared === set.shared) return existing.result;
  existing?.result.uninstall();
  const result = install(tf, set);
  installations.set(sharedEngine(tf), { result, set });
  return result;
}
