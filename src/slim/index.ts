// All of isthmus without kernels: `load` loads them, and each model takes the engine that `load` resolves to. The build replaces some
// modules of this entry by src/slim/stubs.ts.

import * as isthmus from '../index.ts';

export * from '../index.ts';
export { type KernelSource, type KernelSources, load } from './load.ts';

type WithEngine = Required<Pick<isthmus.AutoencoderOptions, 'engine'>>;
type WithLayers = isthmus.LoadOptions & Required<Pick<isthmus.LoadOptions, 'layers' | 'engine'>>;

/**
 * Like `autoencoder` of isthmus. `engine` is required: `load` resolves to it.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { autoencoder, dense, load } from 'isthmus/slim';
 *
 * const infer = await readFile(new URL(import.meta.resolve('isthmus/wasm/infer.strict.wasm')));
 * const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
 * const model = await autoencoder(spec, { engine: await load({ infer }), seed: 1 });
 * console.log(model.latentShape);
 * // prints [ 2 ]
 * ```
 */
export const autoencoder = isthmus.autoencoder as (
  spec: isthmus.AutoencoderSpec,
  options: isthmus.AutoencoderOptions & WithEngine,
) => Promise<isthmus.Model>;

/**
 * Like `loadModel` of isthmus. `engine` and `layers`, the factories of the layers that the file may contain, are required.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { autoencoder, dense, load, loadModel, saveModel } from 'isthmus/slim';
 *
 * const infer = await readFile(new URL(import.meta.resolve('isthmus/wasm/infer.strict.wasm')));
 * const engine = await load({ infer });
 * const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
 * const bytes = saveModel(await autoencoder(spec, { engine, seed: 1 }));
 * const model = await loadModel(bytes, { engine, layers: [dense] });
 * console.log(model.latentShape);
 * // prints [ 2 ]
 * ```
 */
export const loadModel = isthmus.loadModel as (
  source: isthmus.ModelSource,
  options: WithLayers,
) => Promise<isthmus.Model>;

/**
 * Like `loadCheckpoint` of isthmus. `engine` and `layers`, the factories of the layers that the file may contain, are required.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { autoencoder, dense, fit, load, loadCheckpoint, saveCheckpoint } from 'isthmus/slim';
 *
 * const kernel = (name: string) => readFile(new URL(import.meta.resolve(`isthmus/wasm/${name}.strict.wasm`)));
 * const engine = await load({ infer: kernel('infer'), train: kernel('train') });
 * const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
 * const trained = await autoencoder(spec, { engine, seed: 1 });
 * await fit(trained, Float32Array.of(1, 2, 3, 4), { epochs: 2, deterministic: true });
 * const { history } = await loadCheckpoint(saveCheckpoint(trained), { engine, layers: [dense] });
 * console.log(history.epoch);
 * // prints 2
 * ```
 */
export const loadCheckpoint = isthmus.loadCheckpoint as (
  source: isthmus.ModelSource,
  options: WithLayers,
) => ReturnType<typeof isthmus.loadCheckpoint>;

/**
 * Like `loadCodec` of isthmus. `engine` and `layers`, the factories of the layers that the file may contain, are required.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { autoencoder, createCodec, dense, load, loadCodec } from 'isthmus/slim';
 *
 * const kernel = (name: string) => readFile(new URL(import.meta.resolve(`isthmus/wasm/${name}.strict.wasm`)));
 * const engine = await load({ infer: kernel('infer'), codec: kernel('codec'), residual: kernel('residual') });
 * const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
 * const x = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i));
 * const codec = await createCodec(await autoencoder(spec, { engine, seed: 1 }), x, { maxError: 0.01 });
 * const loaded = await loadCodec(codec.save(), { engine, layers: [dense] });
 * console.log(loaded.decompress(codec.compress(x)).length);
 * // prints 400
 * ```
 */
export const loadCodec = isthmus.loadCodec as <Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>>(
  source: isthmus.ModelSource,
  options: WithLayers,
) => Promise<isthmus.Codec<Values>>;

/**
 * Like `loadDetector` of isthmus. `engine` and `layers`, the factories of the layers that the file may contain, are required.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { anomalyDetector, autoencoder, dense, load, loadDetector } from 'isthmus/slim';
 *
 * const infer = await readFile(new URL(import.meta.resolve('isthmus/wasm/infer.strict.wasm')));
 * const engine = await load({ infer });
 * const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
 * const x = Float32Array.from({ length: 800 }, (_, i) => Math.sin(i));
 * const detector = await anomalyDetector(await autoencoder(spec, { engine, seed: 1 }), x);
 * const loaded = await loadDetector(detector.save(), { engine, layers: [dense] });
 * console.log(loaded.threshold === detector.threshold);
 * // prints true
 * ```
 */
export const loadDetector = isthmus.loadDetector as (
  source: isthmus.ModelSource,
  options: WithLayers,
) => Promise<isthmus.Detector>;
