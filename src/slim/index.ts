// All of isthmus without kernels: `load` loads them, and each model takes the engine that `load` resolves to. The build replaces some
// modules of this entry by src/slim/stubs.ts.

import * as isthmus from '../index.ts';

export * from '../index.ts';
export { type KernelSource, type KernelSources, load } from './load.ts';

type WithEngine = Required<Pick<isthmus.AutoencoderOptions, 'engine'>>;
type WithLayers = isthmus.LoadOptions & Required<Pick<isthmus.LoadOptions, 'layers' | 'engine'>>;

/** Like `autoencoder` of isthmus. `engine` is required: `load` resolves to it. */
export const autoencoder = isthmus.autoencoder as (
  spec: isthmus.AutoencoderSpec,
  options: isthmus.AutoencoderOptions & WithEngine,
) => Promise<isthmus.Model>;

/** Like `loadModel` of isthmus. `engine` and `layers`, the factories of the layers that the file may contain, are required. */
export const loadModel = isthmus.loadModel as (
  source: isthmus.ModelSource,
  options: WithLayers,
) => Promise<isthmus.Model>;

/** Like `loadCheckpoint` of isthmus. `engine` and `layers`, the factories of the layers that the file may contain, are required. */
export const loadCheckpoint = isthmus.loadCheckpoint as (
  source: isthmus.ModelSource,
  options: WithLayers,
) => ReturnType<typeof isthmus.loadCheckpoint>;

/** Like `loadCodec` of isthmus. `engine` and `layers`, the factories of the layers that the file may contain, are required. */
export const loadCodec = isthmus.loadCodec as <Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>>(
  source: isthmus.ModelSource,
  options: WithLayers,
) => Promise<isthmus.Codec<Values>>;

/** Like `loadDetector` of isthmus. `engine` and `layers`, the factories of the layers that the file may contain, are required. */
export const loadDetector = isthmus.loadDetector as (
  source: isthmus.ModelSource,
  options: WithLayers,
) => Promise<isthmus.Detector>;
