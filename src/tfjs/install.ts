import type { GradConfig, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { wrongValue } from '../core/errors.ts';
import { boolean, plainObject as plain } from '../core/validate.ts';
import { requireSimd } from '../wasm/load.ts';
import { hasRelaxedSimd } from '../wasm/probe.ts';
import { dilatedGradient } from './gradient.ts';
import { type KernelHost, KernelSet } from './host.ts';
import { backendOf, checkTf, currentBackend, ownerOf, type Tf, type WasmBackend } from './internal.ts';
import { tfjsKernels } from './kernels/index.ts';
import type { TfjsKernel } from './kernels/kernel.ts';

export interface InstallOptions {
  /** Strict SIMD only: the same bits on every runtime. Default false: multiply and add fused where the runtime can. */
  readonly deterministic?: boolean;
}

/** What `installKernels` did. */
export interface InstalledKernels {
  /** Version of TensorFlow.js. */
  readonly version: string;
  /** Kernels that the backend did not have, by tfjs's names. */
  readonly added: readonly string[];
  /** Kernels that it had. They still do what ours do not take, such as other types of values. */
  readonly replaced: readonly string[];
  /** Multiply and add are fused. */
  readonly relaxed: boolean;
  /** The backend is the threaded one, its memory shared. Our kernels run on the thread that calls them. */
  readonly threaded: boolean;
  /** Puts everything back. A second call does nothing. */
  uninstall(): void;
}

interface Installed {
  readonly kernels: InstalledKernels;
  readonly set: KernelSet;
  readonly options: string;
}

/** What is installed, by the engine that all copies of tfjs in a program share. */
const installed = new WeakMap<object, Installed>();
/** The namespace that `installKernels` was last called with. */
let last: Tf | undefined;

/**
 * What is installed in `tf`, or in that which came last, and our kernels on its backend. `who` needs them.
 * Errors: RangeError where nothing is installed, or the WASM backend is not set.
 */
export function installedIn(who: string, tf: Tf | undefined = last): { tf: Tf; host: KernelHost } {
  const there = tf && installed.get(ownerOf(tf));
  if (!tf || !there) throw wrongValue(who, 'kernels installed by await installKernels(tf)', 'none');
  return { tf, host: there.set.on(currentBackend(tf)) };
}

/** Our kernel as tfjs wants it, with the one that was there before for what ours does not take. */
function configOf(tf: Tf, set: KernelSet, kernel: TfjsKernel, before: KernelConfig | undefined): KernelConfig {
  return {
    ...before,
    kernelName: kernel.name,
    backendName: 'wasm',
    kernelFunc(args) {
      const made: TensorInfo[] = [];
      const host = set.on(args.backend as WasmBackend);
      try {
        const call = { tf, host, made, attrs: args.attrs ?? {}, inputs: args.inputs as Record<string, TensorInfo> };
        const result = kernel.run(call);
        if (!(result instanceof Error)) return result;
        if (!before) throw result;
      } catch (error) {
        for (const { dataId } of made) host.backend.disposeData(dataId);
        throw error;
      }
      return before.kernelFunc(args);
    },
  };
}

function install(tf: Tf, set: KernelSet): InstalledKernels {
  const replace = (name: string, config: KernelConfig | undefined): void => {
    // Registering over a kernel warns.
    if (tf.getKernel(name, 'wasm')) tf.unregisterKernel(name, 'wasm');
    if (config) tf.registerKernel(config);
  };
  const places = tfjsKernels().map((kernel) => {
    const before = tf.getKernel(kernel.name, 'wasm') as KernelConfig | undefined;
    const config = configOf(tf, set, kernel, before);
    replace(kernel.name, config);
    return { name: kernel.name, before, config };
  });
  const gradient = tf.getGradient('Conv2D') as GradConfig | undefined;
  const ours = gradient && dilatedGradient(tf, gradient);
  if (ours) tf.registerGradient(ours);
  const names = (had: boolean): string[] => places.filter(({ before }) => !before !== had).map(({ name }) => name);
  const kernels: InstalledKernels = {
    version: tf.version_core,
    added: names(false),
    replaced: names(true),
    relaxed: set.relaxed,
    threaded: set.shared,
    uninstall() {
      // What somebody else has put in the place of ours stays.
      for (const { name, before, config } of places) if (tf.getKernel(name, 'wasm') === config) replace(name, before);
      if (ours && tf.getGradient('Conv2D') === ours) tf.registerGradient(gradient);
      if (installed.get(ownerOf(tf))?.kernels === kernels) installed.delete(ownerOf(tf));
    },
  };
  return kernels;
}

/**
 * Adds the training kernels that the TensorFlow.js WASM backend lacks (gradients of convolutions and of gathering),
 * puts right ones in the place of wrong ones (gradients of max pooling) and faster ones in the place of slow ones
 * (matrix products, convolutions). They work on the backend's own memory; no tensor is copied. Afterwards any model
 * with convolutions trains on `tf.setBackend('wasm')`. Once they are there a second call changes nothing and returns
 * the same.
 *
 * `tf`: the namespace of `@tensorflow/tfjs` or of `@tensorflow/tfjs-core`, >=4.22 <5, its WASM backend set.
 * Errors: TypeError for something else; RangeError for another version, no backend or another one, or one that is
 * not built as expected; UnsupportedError without WebAssembly SIMD. Then nothing has changed.
 */
export async function installKernels(tf: Tf, options: InstallOptions = {}): Promise<InstalledKernels> {
  plain('options', options, ['deterministic']);
  const { deterministic = false } = options;
  boolean('deterministic', deterministic);
  checkTf(tf);
  requireSimd();
  const backend = backendOf(tf);
  const set = await KernelSet.create(backend, !deterministic && hasRelaxedSimd());
  // Before anything changes: what cannot be instantiated throws here.
  set.on(backend);
  const wanted = JSON.stringify([set.relaxed, set.shared]);
  const there = installed.get(ownerOf(tf));
  if (there?.options !== wanted) {
    there?.kernels.uninstall();
    installed.set(ownerOf(tf), { kernels: install(tf, set), set, options: wanted });
  }
  last = tf;
  return installed.get(ownerOf(tf))!.kernels;
}
