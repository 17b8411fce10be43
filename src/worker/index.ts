import { startThread } from './node.ts';
import { type Spawn, spawnBy } from './spawn.ts';
import { pageStarts, threadUrl } from './thread-url.ts';

export * from './exports.ts';

/**
 * Starts a worker and resolves to the functions of isthmus that create, load or use models, codecs and detectors. They take the
 * same arguments and return promises. Their results are proxies of objects in the worker: methods return promises, constant
 * properties (`inputShape`, `threshold`) can be read at once. When a proxy is garbage collected, its object is freed in the
 * worker. Layers, optimizers and presets can be those of isthmus or those of isthmus/worker, which take 1 KB. Callbacks, signals
 * and streams stay on the page: the worker asks for the next chunk of a stream when it has used the previous one.
 *
 * Typed arrays are copied to the worker, unless `transfer` has marked them; results are transferred. A call that fails
 * rejects with an error of the same class and message; a call that was aborted, or whose callback threw, rejects with that very
 * reason. When the worker dies, all calls reject. Calls on several models in one worker take turns; several workers run in parallel.
 * An idle worker does not keep Node or Bun alive; Deno ends after `terminate()`.
 *
 * Errors: UnsupportedError where the runtime has no workers; Error with the reason and the remedy where a worker does not start.
 *
 * @example
 * ```ts
 * import { denseAutoencoder, spawn } from 'isthmus/worker';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const { autoencoder, fit, terminate } = await spawn();
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 4 }), { seed: 1 });
 * const history = await fit(model, x, { epochs: 5, deterministic: true });
 * console.log(history.loss.length, (await model.encode(x)).length);
 * await terminate();
 * // prints 5 800
 * ```
 */
export const spawn: Spawn = (options = {}) =>
  spawnBy(options, typeof Worker === 'function' ? pageStarts : [() => startThread(threadUrl())]);
